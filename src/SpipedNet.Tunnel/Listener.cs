using System.Net;
using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>
/// Accepts connections on one loop, spreads them over all, and keeps within the limit. A shortage of descriptors or
/// memory pauses accepting instead of spinning or dying (spiped#463).
/// </summary>
internal sealed class Listener(
    int descriptor, TunnelOptions options, EventLoopGroup loops, ConnectionSet connections, Admission admission,
    Strangers? strangers, AccessList access, TunnelCounters counters, ILogger logger)
{
    private static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(100);

    // Time for the loops to close the sockets of those who had to make room.
    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(10);
    private const int RoomInShortage = 16;
    private static readonly TimeSpan BacklogLook = TimeSpan.FromSeconds(1);

    // At its edge a shortage comes and goes many times a second.
    private static readonly TimeSpan ShortageGap = TimeSpan.FromSeconds(2);

    private readonly EventLoop _loop = loops.First;
    private readonly Queue<TaskCompletionSource> _unanswered = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _cancelAccept;
    private Action? _wakeAccept;

    // Completed by the loop on the loop: no other thread has part in it.
    private TaskCompletionSource? _changeAwaited;

    // An episode is logged at its start and at its end, however many connections it concerns.
    private bool _isAtLimit;
    private bool _isNearLastDescriptor;
    private bool _isShort;
    private bool _isShortAgain;
    private int _waited;

    /// <summary>Whether it accepts connections: between start and stop, while the system has what they take. Other threads may look.</summary>
    public bool IsAccepting => Volatile.Read(ref _wakeAccept) is not null && !Volatile.Read(ref _isShort);

    /// <summary>Starts accepting; each connection is handed to the callback on its own loop.</summary>
    public void Start(Action<StreamSocket, Place?> onAccepted) => _loop.Post(async () =>
    {
        // Nobody awaits this: an unexpected failure ends the process, for one that accepts nothing must not look alive.
        using (var socket = new ListenSocket(_loop, descriptor))
        {
            _cancelAccept = socket.Cancel;
            _wakeAccept = socket.WakeReader;
            admission.OnChange = () => _loop.Post(LookAround);
            await AcceptAsync(socket, onAccepted);
        }

        _wakeAccept = null;
        Answer();
        _stopped.SetResult();
    });

    /// <summary>Stops accepting; completes when the socket is closed, unless another tunnel has it, too: later connects are refused.</summary>
    public Task StopAsync()
    {
        _loop.Post(() =>
        {
            _cancelAccept?.Invoke();
            LookAround();
        });
        return _stopped.Task;
    }

    /// <summary>Completes when accepting has gone round once more, or has stopped.</summary>
    public Task RespondAsync()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            _unanswered.Enqueue(answer);
            if (_wakeAccept is null)
                Answer();
            else
                LookAround();
        });
        return answer.Task;
    }

    // Whatever accepting waits for, it goes round once more.
    private void LookAround()
    {
        _wakeAccept?.Invoke();
        _changeAwaited?.TrySetResult();
    }

    private void Answer()
    {
        while (_unanswered.TryDequeue(out TaskCompletionSource? answer))
            answer.SetResult();
    }

    private async Task AcceptAsync(ListenSocket socket, Action<StreamSocket, Place?> onAccepted)
    {
        while (true)
        {
            Answer();
            await WaitBelowLimitAsync(socket);
            (int accepted, EndPoint? peer, Errno error) = TryAccept(socket);
            if (error == Errno.Cancelled)
                break;
            if (error == Errno.None)
            {
                if (access.Admits(accepted, peer))
                    HandOver(accepted, peer, onAccepted);
                else
                    counters.Refuse(EndReason.NotAllowed);
            }
            else if (error == Errno.WouldBlock)
            {
                EndLimitEpisode();
                await socket.Readable;
            }
            else if (error is not (Errno.ConnectionAborted or Errno.Interrupted))
            {
                // A shortage, mostly; whatever it is, it is not retried hot.
                TellShortage(error.Describe());
                await _loop.Delay(strangers?.PushOutOldest(RoomInShortage) == true ? RoomPause : ShortagePause);
            }
        }
    }

    private (int Descriptor, EndPoint? Peer, Errno Error) TryAccept(ListenSocket socket)
    {
        if (_isNearLastDescriptor && socket.HasPending() && !socket.IsCancelled && !socket.HasRoom())
            return (-1, null, Errno.TooManyFiles);
        var accepted = socket.TryAccept();
        if (accepted.Error == Errno.None)
            _isNearLastDescriptor = DescriptorLimit.IsTooHighToAccept(accepted.Descriptor);
        return accepted;
    }

    // As many connections as the limit is nothing to tell; that another one waits is.
    private async ValueTask WaitBelowLimitAsync(ListenSocket socket)
    {
        while (!socket.IsCancelled && admission.TryAwaitFree())
        {
            if (!_isAtLimit && (socket.HasPending() || admission.HasWaited))
            {
                TunnelLog.LimitReached(logger, new ConnectionCount(options.MaxConnections));
                _isAtLimit = true;
            }

            _changeAwaited = new TaskCompletionSource();
            Deadline? look = _isAtLimit ? null : _loop.After(BacklogLook, LookAround);
            await _changeAwaited.Task;
            look?.Cancel();
            Answer();
        }
    }

    // A receiver's connection gets its place when its client has proved the key.
    private void HandOver(int accepted, EndPoint? peer, Action<StreamSocket, Place?> onAccepted)
    {
        if (_isAtLimit)
            _waited++;
        connections.Reserve();
        counters.Accept();
        Place? place = strangers is null ? admission.TryTake() : null;
        EventLoop loop = loops.Assign();
        if (loop.IsCurrent)
            TakeOver(loop, accepted, peer, place, onAccepted);
        else
            loop.Post(() => TakeOver(loop, accepted, peer, place, onAccepted));
    }

    private void TakeOver(EventLoop loop, int accepted, EndPoint? peer, Place? place, Action<StreamSocket, Place?> onAccepted)
    {
        StreamSocket socket;
        try
        {
            socket = new StreamSocket(loop, accepted) { Peer = peer };
        }
        catch (InvalidOperationException failure)
        {
            // The kernel has no memory for one more registration; the connection is lost, the process is not.
            _loop.Post(() => TellShortage(failure.Message));
            loops.Release(loop);
            connections.Unreserve();
            counters.End(EndReason.Shortage);
            place?.Dispose();
            return;
        }

        onAccepted(socket, place);
    }

    // Nobody waits in the backlog any more.
    private void EndLimitEpisode()
    {
        if (_isAtLimit)
            TunnelLog.LimitLeft(logger, new ConnectionCount(options.MaxConnections), new ConnectionCount(_waited + admission.TakeWaited()));
        _isAtLimit = false;
        _waited = 0;
    }

    private void TellShortage(string reason)
    {
        _isShortAgain = _isShort;
        if (_isShort)
            return;
        TunnelLog.AcceptFailing(logger, options.Source, reason);
        _isShort = true;
        _loop.After(ShortageGap, EndShortageEpisode);
    }

    private void EndShortageEpisode()
    {
        _isShort = _isShortAgain;
        _isShortAgain = false;
        if (_isShort)
            _loop.After(ShortageGap, EndShortageEpisode);
        else
            TunnelLog.AcceptRecovered(logger, options.Source);
    }
}
