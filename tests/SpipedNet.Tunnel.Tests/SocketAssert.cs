using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What tests want to know of a stream's end: bytes, an orderly end, or a reset. Never waits for ever.</summary>
internal static class SocketAssert
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        int received = 0;
        while (received < count)
        {
            int more = await ReceiveAsync(socket, buffer.AsMemory(received));
            if (more == 0)
                throw new EndOfStreamException($"the stream ended after {received} of {count} bytes");
            received += more;
        }

        return buffer;
    }

    /// <summary>All bytes up to an orderly end.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        int count;
        while ((count = await ReceiveAsync(socket, buffer)) > 0)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    public static async Task EndsAsync(Socket socket) => Assert.Equal(0, await ReceiveAsync(socket, new byte[1]));

    /// <summary>The bytes that came before the reset that must come.</summary>
    public static async Task<byte[]> IsResetAsync(Socket socket)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        try
        {
            int count;
            while ((count = await ReceiveAsync(socket, buffer)) > 0)
                all.Write(buffer, 0, count);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return all.ToArray();
        }

        throw new Xunit.Sdk.XunitException("The stream ended in good order; a reset was expected.");
    }

    /// <summary>Waits until all that was sent has arrived in the peer's buffer.</summary>
    public static async Task IsAcknowledgedAsync(Socket socket)
    {
        const uint SIOCOUTQ = 0x5411;
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (GetCount((int)socket.Handle, SIOCOUTQ, out int left) != 0 || left > 0)
        {
            Assert.True(Environment.TickCount64 < end, "some bytes were never acknowledged");
            // No event tells of an acknowledgement.
            await Task.Delay(1);
        }
    }

    public static byte[] RandomBytes(int count) => RandomNumberGenerator.GetBytes(count);

    public static async Task SendAsync(Socket socket, byte[] data)
    {
        for (int sent = 0; sent < data.Length;)
            sent += await socket.SendAsync(data.AsMemory(sent), new CancellationTokenSource(Patience).Token);
    }

    public static Task<Socket> AcceptAsync(Socket listener) => listener.AcceptAsync().WaitAsync(Patience);

    [DllImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetCount(int descriptor, nuint request, out int count);

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await socket.ReceiveAsync(buffer, patience.Token);
    }
}
