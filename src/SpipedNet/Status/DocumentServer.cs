using Microsoft.Extensions.Logging;
using SpipedNet.Logging;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Status;

/// <summary>Sends a document to whoever connects, and closes. It holds up no tunnel: who does not read is left, and few are served at a time.</summary>
/// <param name="loop">The loop that it lives on.</param>
/// <param name="descriptor">The listening socket, from now on this object's.</param>
/// <param name="makeDocument">Makes the document; runs on another thread, since it may take longer than a loop may be held up.</param>
/// <param name="logger">Hears of what cannot be made.</param>
internal sealed class DocumentServer(EventLoop loop, int descriptor, Func<byte[]> makeDocument, ILogger logger)
{
    private const int MostAtATime = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortagePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(20);

    private Action? _cancel;
    private int _served;

    public void Start() => loop.Post(async () =>
    {
        using var socket = new ListenSocket(loop, descriptor);
        _cancel = socket.Cancel;
        await AcceptAsync(socket);
    });

    public void Stop() => loop.Post(() => _cancel?.Invoke());

    private async Task AcceptAsync(ListenSocket socket)
    {
        while (true)
        {
            // Others wait in the backlog.
            while (_served == MostAtATime)
                await loop.Delay(FullPause);
            (int accepted, _, Errno error) = socket.TryAccept();
            if (error == Errno.Cancelled)
                return;
            if (error == Errno.None)
                Answer(accepted);
            else if (error == Errno.WouldBlock)
                await socket.Readable;
            else if (error is not (Errno.ConnectionAborted or Errno.Interrupted))
                await loop.Delay(ShortagePause);
        }
    }

    private void Answer(int accepted)
    {
        try
        {
            _ = AnswerAsync(new StreamSocket(loop, accepted));
        }
        catch (InvalidOperationException)
        {
            // The kernel has no memory for one more registration.
        }
    }

    private async Task AnswerAsync(StreamSocket socket)
    {
        _served++;
        Deadline deadline = loop.After(Patience, socket.Cancel);
        try
        {
            await socket.SendAllAsync(await Task.Run(makeDocument));
        }
        catch (Exception unexpected)
        {
            // A bug, or memory has run out: the tunnels go on.
            DaemonLog.ControlFailed(logger, unexpected.Message);
        }
        finally
        {
            deadline.Cancel();
            socket.Dispose();
            _served--;
        }
    }
}
