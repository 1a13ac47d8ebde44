using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>A man in the middle for one connection: what the client sends passes through a function, answers pass unchanged.</summary>
internal sealed class WireProxy : IDisposable
{
    private readonly Socket _listener = TestTunnel.Listen();

    /// <param name="server">Where the wire leads.</param>
    /// <param name="tamper">Given the offset of a chunk in the stream and the chunk: what to send instead; something shorter cuts the stream there, with an orderly end.</param>
    public WireProxy(IPEndPoint server, Func<long, byte[], byte[]> tamper) => _ = RunAsync(server, tamper);

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private async Task RunAsync(IPEndPoint endPoint, Func<long, byte[], byte[]> tamper)
    {
        using Socket client = await _listener.AcceptAsync();
        using Socket server = await TestTunnel.ConnectAsync(endPoint);
        Task back = CopyAsync(server, client, (_, chunk) => chunk);
        await CopyAsync(client, server, tamper);
        await back;
    }

    private static async Task CopyAsync(Socket from, Socket to, Func<long, byte[], byte[]> tamper)
    {
        byte[] buffer = new byte[65536];
        long offset = 0;
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                byte[] chunk = tamper(offset, buffer[..count]);
                offset += count;
                await SocketAssert.SendAsync(to, chunk);
                if (chunk.Length < count)
                    break;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Close(0);
            to.Close(0);
        }
    }
}
