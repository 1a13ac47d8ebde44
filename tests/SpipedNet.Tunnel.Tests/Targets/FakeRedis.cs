using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests.Targets;

/// <summary>Has one answer to whatever it is asked.</summary>
internal sealed class FakeRedis : IDisposable
{
    private readonly Socket _listener = TestTunnel.Listen();
    private int _accepted;

    public FakeRedis() => _ = AcceptAsync();

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    /// <summary>How many connections there have been.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync();
                Interlocked.Increment(ref _accepted);
                _ = AnswerAsync(socket);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    // A command comes in one piece, and none before the answer to the last.
    private static async Task AnswerAsync(Socket socket)
    {
        using Socket owned = socket;
        byte[] received = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(received) > 0)
                await socket.SendAsync("+PONG\r\n"u8.ToArray());
        }
        catch (SocketException)
        {
            // The other end has gone.
        }
    }
}
