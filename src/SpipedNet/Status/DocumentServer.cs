using Microsoft.Extensions.Logging;
using SpipedNet.Hosting;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>Sends a document to whoever connects, and closes. Who does not read is left.</summary>
/// <param name="loop">The loop that it lives on.</param>
/// <param name="descriptor">The listening socket, from now on this object's.</param>
/// <param name="makeDocument">Makes the document; on another thread.</param>
/// <param name="logger">Hears of what is not foreseen.</param>
internal sealed class DocumentServer(EventLoop loop, int descriptor, Func<byte[]> makeDocument, ILogger logger)
    : SocketServer(loop, descriptor, MostAtATime, logger)
{
    private const int MostAtATime = 8;

    /// <inheritdoc/>
    protected override TimeSpan Patience => TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ServeAsync(StreamSocket socket) => await socket.SendAllAsync(await Task.Run(makeDocument));
}
