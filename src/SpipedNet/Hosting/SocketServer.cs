using Microsoft.Extensions.Logging;
using SpipedNet.Logging;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Hosting;

/// <summary>
/// A small server beside the tunnels, on an event loop of theirs. It holds up none of them: few are served at a time, each for
/// a few seconds at most, and what takes longer than a moment is made on the thread pool.
/// </summary>
/// <param name="loop">The loop that it lives on.</param>
/// <param name="descriptor">The listening socket, from now on this object's.</param>
/// <param name="limit">How many are served at a time; others wait in the backlog.</param>
/// <param name="logger">Hears of what is not foreseen.</param>
internal abstract class SocketServer(EventLoop loop, int descriptor, int limit, ILogger logger)
{
    private static readonly TimeSpan ShortagePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(20);

    private readonly LinkedList<StreamSocket> _served = [];
    private Action? _cancel;

    /// <summary>Serves from now on.</summary>
    public void Start() => loop.Post(async () =>
    {
        using var socket = new ListenSocket(loop, descriptor);
        _cancel = socket.Cancel;
        await AcceptAsync(socket);
    });

    /// <summary>Serves nobody any more.</summary>
    public void Stop() => loop.Post(() =>
    {
        _cancel?.Invoke();
        foreach (StreamSocket socket in _served)
            socket.Cancel();
    });

    /// <summary>How long one may take.</summary>
    protected abstract TimeSpan Patience { get; }

    /// <summary>Whether those who have been here the longest make room for others, because anybody may come.</summary>
    protected virtual bool IsRoomMade => false;

    /// <summary>Serves one, on the loop; the socket is closed afterwards.</summary>
    protected abstract Task ServeAsync(StreamSocket socket);

    private async Task AcceptAsync(ListenSocket socket)
    {
        while (true)
        {
            while (_served.Count >= limit && !socket.IsCancelled)
                await MakeRoomAsync();
            (int accepted, _, Errno error) = socket.TryAccept();
            if (error == Errno.Cancelled)
                return;
            if (error == Errno.None)
                Serve(accepted);
            else if (error == Errno.WouldBlock)
                await socket.Readable;
            else if (error is not (Errno.ConnectionAborted or Errno.Interrupted))
                await loop.Delay(ShortagePause);
        }
    }

    private Task MakeRoomAsync()
    {
        if (IsRoomMade)
        {
            foreach (StreamSocket oldest in _served.Take(limit / 2))
                oldest.Cancel();
        }

        return loop.Delay(FullPause);
    }

    private void Serve(int accepted)
    {
        try
        {
            _ = ServeAndCloseAsync(new StreamSocket(loop, accepted));
        }
        catch (InvalidOperationException)
        {
            // The kernel has no memory for one more registration.
        }
    }

    private async Task ServeAndCloseAsync(StreamSocket socket)
    {
        LinkedListNode<StreamSocket> place = _served.AddLast(socket);
        Deadline deadline = loop.After(Patience, socket.Cancel);
        try
        {
            await ServeAsync(socket);
        }
        catch (Exception unexpected)
        {
            // A bug, or memory has run out: the tunnels go on.
            DaemonLog.ServerFaulted(logger, unexpected);
        }
        finally
        {
            deadline.Cancel();
            socket.Dispose();
            _served.Remove(place);
        }
    }
}
