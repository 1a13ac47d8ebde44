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

    private readonly EventLoop _loop = loops.First;
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _cancelAccept;

    // An episode is logged at its start and at its end, however many connections it concerns.
    private bool _isAtLimit;
    private bool _isShort;
    private int _waited;

    /// <summary>Starts accepting; each connection is handed to the callback on its own loop.</summary>
    public void Start(Action<StreamSocket, EndPoint?> onAccepted) => _loop.Post(async () =>
    {
        // Nobody awaits this: an unexpected failure ends the process, for one that accepts nothing must not look alive.
        using var socket = new ListenSocket(_loop, descriptor);
        _cancelAccept = socket.Cancel;
        await AcceptAsync(socket, onAccepted);
    });

    /// <summary>Stops accepting and closes the socket: later connects are refused.</summary>
    public void Stop()
    {
        _stopRequested.TrySetResult();
        _loop.Post(() => _cancelAccept?.Invoke());
    }

    private async Task AcceptAsync(ListenSocket socket, Action<StreamSocket, EndPoint?> onAccepted)
    {
        while (true)
        {
            if (connections.Count >= maxConnections)
                await WaitBelowLimitAsync();
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
            else if (error.IsShortage())
            {
                if (!_isShort)
                    TunnelLog.AcceptFailing(logger, source, error.Describe());
                _isShort = true;
                await _loop.Delay(ShortagePause);
            }

            // Any other error is that of a connection that ended before it was accepted (accept(2)): on to the next.
        }
    }

    private async ValueTask WaitBelowLimitAsync()
    {
        if (!_isAtLimit)
            TunnelLog.LimitReached(logger, maxConnections);
        _isAtLimit = true;
        await Task.WhenAny(connections.WaitBelowAsync(maxConnections), _stopRequested.Task);
    }

    private void HandOver(int accepted, EndPoint? peer, Action<StreamSocket, EndPoint?> onAccepted)
    {
        if (_isAtLimit)
            _waited++;
        connections.Reserve();
        EventLoop loop = loops.Assign();
        if (loop.IsCurrent)
            onAccepted(new StreamSocket(loop, accepted), peer);
        else
            loop.Post(() => onAccepted(new StreamSocket(loop, accepted), peer));
    }

    // Nobody waits in the backlog any more.
    private void EndEpisodes()
    {
        if (_isAtLimit)
            TunnelLog.LimitLeft(logger, maxConnections, _waited);
        if (_isShort)
            TunnelLog.AcceptRecovered(logger, source);
        _isAtLimit = _isShort = false;
        _waited = 0;
    }
}
