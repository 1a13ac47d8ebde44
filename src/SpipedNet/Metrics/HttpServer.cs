using Microsoft.Extensions.Logging;
using SpipedNet.Hosting;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Metrics;

/// <summary>
/// As much of HTTP/1 as a scraper needs: one GET a connection, over TCP or UNIX sockets. The runtime's HttpListener knows no
/// UNIX sockets, and binds only when it is too late for a port that needs root.
/// </summary>
/// <param name="loop">The loop that it lives on.</param>
/// <param name="descriptor">The listening socket, from now on this object's.</param>
/// <param name="respond">Answers a GET; on another thread.</param>
/// <param name="logger">Hears of what is not foreseen.</param>
internal sealed class HttpServer(EventLoop loop, int descriptor, Func<HttpRequest, HttpResponse> respond, ILogger logger)
    : SocketServer(loop, descriptor, MostAtATime, logger)
{
    private const int MostAtATime = 32;
    private const int LongestHead = 8 << 10;

    /// <inheritdoc/>
    protected override TimeSpan Patience => TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override bool IsRoomMade => true;

    /// <inheritdoc/>
    protected override async Task ServeAsync(StreamSocket socket)
    {
        byte[] buffer = new byte[LongestHead];
        int count = await ReceiveHeadAsync(socket, buffer);
        if (count == 0)
            return;
        bool isComplete = HttpRequest.IsComplete(buffer.AsSpan(0, count));
        HttpRequest? request = isComplete ? HttpRequest.TryParse(buffer.AsSpan(0, count)) : null;
        HttpResponse response = !isComplete ? HttpResponse.Text(431, $"a request has at most {LongestHead} bytes")
            : request is null ? HttpResponse.Text(400, "this is no request of HTTP/1")
            : request.Method is not ("GET" or "HEAD") ? HttpResponse.Text(405, "only GET and HEAD")
            : await Task.Run(() => respond(request));
        Errno error = await socket.SendAllAsync(response.ToBytes(isHead: request?.Method == "HEAD"));
        if (error == Errno.None)
            await LingerAsync(socket, buffer);
    }

    // How much of the head has come; 0 when the peer has gone, or has taken too long.
    private static async Task<int> ReceiveHeadAsync(StreamSocket socket, byte[] buffer)
    {
        int count = 0;
        while (count < buffer.Length && !HttpRequest.IsComplete(buffer.AsSpan(0, count)))
        {
            IoResult received = socket.TryReceive(buffer.AsSpan(count));
            if (received.WouldBlock)
                await socket.Readable;
            else if (received.Error != Errno.None || received.Count == 0)
                return 0;
            count += received.Count;
        }

        return count;
    }

    // Closed while more comes, it would be reset, and the answer lost with it.
    private static async Task LingerAsync(StreamSocket socket, byte[] buffer)
    {
        socket.ShutdownSend();
        while (true)
        {
            IoResult received = socket.TryReceive(buffer);
            if (received.WouldBlock)
                await socket.Readable;
            else if (received.Error != Errno.None || received.Count == 0)
                return;
        }
    }
}
