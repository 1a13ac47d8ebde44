using System.Net;
using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>
/// Accepts connections on one loop, spreads them over all, and keeps within the limit. A shortage of descriptors or
/// memory pauses accepting instead of spinning or dying (spiped#463).
/// </summary>
internal sealed class Listener(
    int descriptor, TunnelAddress source, int maxConnections, EventLoopGroup loops, ConnectionSet connections, ILogger logger)
{
    private static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BacklogLook = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop = loops.First;
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<TaskCompletionSource> _unanswered = new();
    private Action? _cancelAccept;
    private Action? _lookAround;

    // An episode is logged at its start and at its end, however many connections it concerns.
    private bool _isAtLimit;
    private bool _isWaitingBelowLimit;
    private bool _isShort;
    private int _waited;

    /// <summary>Starts accepting; each connection is handed to the callback on its own loop.</summary>
    public void Start(Action<StreamSocket, EndPoint?> onAccepted) => _loop.Post(async () =>
    {
        // Nobody awaits this: an unexpected failure ends the process, for one that accepts nothing must not look alive.
        using var socket = new ListenSocket(_loop, descriptor);
        _cancelAccept = socket.Cancel;
        _lookAround = socket.WakeReader;
        await AcceptAsync(socket, onAccepted);
        _lookAround = null;
        Answer();
    });

    /// <summary>Stops accepting and closes the socket: later connects are refused.</summary>
    public void Stop()
    {
        _stopRequested.TrySetResult();
        _loop.Post(() => _cancelAccept?.Invoke());
    }

    /// <summary>
    /// Completes when accepting has gone round once more. At the limit, and after <see cref="Stop"/>, there is nothing to go
    /// round for: then an answer of the loop is enough.
    /// </summary>
    public Task RespondAsync()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            _unanswered.Enqueue(answer);
            if (_lookAround is null || _isWaitingBelowLimit)
                Answer();
            else
                _lookAround();
        });
        return answer.Task;
    }

    private void Answer()
    {
        while (_unanswered.TryDequeue(out TaskCompletionSource? answer))
            answer.SetResult();
    }

    private async Task AcceptAsync(ListenSocket socket, Action<StreamSocket, EndPoint?> onAccepted)
    {
        while (true)
        {
            Answer();
            if (connections.Count >= maxConnections)
                await WaitBelowLimitAsync(socket);
            (int accepted, EndPoint? peer, Errno error) = socket.TryAccept();
            if (error == Errno.Cancelled)
                break;
            if (error == Errno.None)
            {
                HandOver(accepted, peer, onAccepted);
            }
            else if (error == Errno.WouldBlock)
            {
                EndEpisodes();
                await socket.Readable;
            }
            else if (error is not (Errno.ConnectionAborted or Errno.Interrupted))
            {
                // A shortage, mostly; whatever it is, it is not retried hot.
                if (!_isShort)
                    TunnelLog.AcceptFailing(logger, source, error.Describe());
                _isShort = true;
                await _loop.Delay(ShortagePause);
            }
        }
    }

    // As many connections as the limit is nothing to tell; that another one waits is.
    private async ValueTask WaitBelowLimitAsync(ListenSocket socket)
    {
        Task below = Task.WhenAny(connections.WaitBelowAsync(maxConnections), _stopRequested.Task);
        _isWaitingBelowLimit = true;
        while (!below.IsCompleted)
        {
            if (!_isAtLimit && socket.HasPending())
            {
                TunnelLog.LimitReached(logger, new ConnectionCount(maxConnections));
                _isAtLimit = true;
            }

            await (_isAtLimit ? below : Task.WhenAny(below, _loop.Delay(BacklogLook)));
        }

        _isWaitingBelowLimit = false;
    }

    private void HandOver(int accepted, EndPoint? peer, Action<StreamSocket, EndPoint?> onAccepted)
    {
        if (_isAtLimit)
            _waited++;
        connections.Reserve();
        EventLoop loop = loops.Assign();
        if (loop.IsCurrent)
            TakeOver(loop, accepted, peer, onAccepted);
        else
            loop.Post(() => TakeOver(loop, accepted, peer, onAccepted));
    }

    private void TakeOver(EventLoop loop, int accepted, EndPoint? peer, Action<StreamSocket, EndPoint?> onAccepted)
    {
        StreamSocket socket;
        try
        {
            socket = new StreamSocket(loop, accepted);
        }
        catch (InvalidOperationException failure)
        {
            // The kernel has no memory for one more registration; the connection is lost, the process is not.
            TunnelLog.AcceptFailing(logger, source, failure.Message);
            loops.Release(loop);
            connections.Unreserve();
            return;
        }

        onAccepted(socket, peer);
    }

    // Nobody waits in the backlog any more.
    private void EndEpisodes()
    {
        if (_isAtLimit)
            TunnelLog.LimitLeft(logger, new ConnectionCount(maxConnections), new ConnectionCount(_waited));
        if (_isShort)
            TunnelLog.AcceptRecovered(logger, source);
        _isAtLimit = _isShort = false;
        _waited = 0;
    }
}
