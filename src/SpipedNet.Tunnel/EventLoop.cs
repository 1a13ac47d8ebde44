using System.Collections.Concurrent;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>
/// One thread that waits for its sockets and runs everything that belongs to them: a connection lives on one loop, so
/// its code takes no lock, and no message crosses threads. The thread's synchronization context brings the
/// continuation of any awaited task back here.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int EventsPerWait = 256;
    private const ulong WakeupData = ulong.MaxValue;

    private readonly int _epoll;
    private readonly int _wakeup;
    private readonly EpollEvents _events = new(EventsPerWait);
    private readonly EpollEvents _registration = new(1);
    private readonly SocketTable _sockets = new();
    private readonly DeadlineQueue _deadlines = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Thread _thread;
    private Queue<Action> _ready = new();
    private Queue<Action> _running = new();
    private int _isWakeupPending;
    private volatile bool _isStopping;

    /// <param name="name">The thread's name.</param>
    /// <param name="compute">Where the loop's connections have costly things computed; shared with other loops.</param>
    public EventLoop(string name, ComputeThreads compute)
    {
        Compute = compute;
        _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        _wakeup = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        if (_epoll < 0 || _wakeup < 0)
            throw new InvalidOperationException($"cannot create an event loop: {Libc.LastError.Describe()}");
        Register(_wakeup, WakeupData);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Buffers that the running step may use until it awaits something; shared by all sockets of the loop.</summary>
    public BatchBuffers Buffers { get; } = new();

    /// <summary>For what takes longer than a loop may be held up.</summary>
    public ComputeThreads Compute { get; }

    /// <summary>True on the loop's own thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Runs an action on the loop's thread; may be called from any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (Interlocked.Exchange(ref _isWakeupPending, 1) == 0)
            Wake();
    }

    /// <summary>Runs an action after what is ready now: how one busy connection lets others in. On the loop's thread only.</summary>
    public void Enqueue(Action continuation) => _ready.Enqueue(continuation);

    /// <summary>Calls back once after a delay unless cancelled before. On the loop's thread only.</summary>
    public Deadline After(TimeSpan delay, Action callback) => _deadlines.Add(delay, callback);

    /// <summary>Completes on the loop after a delay. On the loop's thread only.</summary>
    public Task Delay(TimeSpan delay)
    {
        var source = new TaskCompletionSource();
        After(delay, source.SetResult);
        return source.Task;
    }

    /// <summary>Adds a socket; its readiness is reported from now on. On the loop's thread only.</summary>
    public void Add(NonBlockingSocket socket)
    {
        socket.LoopToken = _sockets.Add(socket);
        try
        {
            Register(socket.Descriptor, socket.LoopToken);
        }
        catch
        {
            _sockets.Remove(socket.LoopToken);
            throw;
        }
    }

    /// <summary>Forgets a socket that is about to be closed; the kernel forgets it with its last descriptor.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="isShared">There may be more descriptors of it, so the kernel has to be told.</param>
    public void Remove(NonBlockingSocket socket, bool isShared)
    {
        _sockets.Remove(socket.LoopToken);
        if (isShared)
            Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_DEL, socket.Descriptor, null);
    }

    /// <summary>Ends the thread after the step that it is in.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Wake();
        if (!IsCurrent)
            _thread.Join();
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(new LoopSynchronizationContext(this));
        while (!_isStopping)
        {
            int timeout = _ready.Count > 0 ? 0 : _deadlines.MillisecondsToNext();
            int count = Libc.epoll_wait(_epoll, _events.Pointer, EventsPerWait, timeout);
            for (int i = 0; i < count; i++)
                Dispatch(_events[i].Mask, _events[i].Data);
            RunReady();
            _deadlines.RunDue();
        }

        Libc.close(_epoll);
        Libc.close(_wakeup);
        _events.Dispose();
        _registration.Dispose();
        Buffers.Dispose();
    }

    private void Dispatch(uint mask, ulong data)
    {
        if (data == WakeupData)
            RunPosted();
        else
            _sockets.Find(data)?.OnEvents(mask);
    }

    private void RunPosted()
    {
        ulong ignored;
        Libc.read(_wakeup, &ignored, sizeof(ulong));
        // Cleared before the queue is emptied: a post that comes after its last look wakes the loop again.
        Volatile.Write(ref _isWakeupPending, 0);
        Interlocked.MemoryBarrier();
        while (_posted.TryDequeue(out Action? action))
            action();
    }

    // What is enqueued meanwhile waits until the sockets were looked at again.
    private void RunReady()
    {
        (_ready, _running) = (_running, _ready);
        while (_running.TryDequeue(out Action? continuation))
            continuation();
    }

    private void Register(int descriptor, ulong data)
    {
        const uint mask = Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLRDHUP | Libc.EPOLLET;
        _registration[0] = (data == WakeupData ? Libc.EPOLLIN : mask, data);
        if (Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_ADD, descriptor, _registration.Pointer) != 0)
            throw new InvalidOperationException($"epoll_ctl: {Libc.LastError.Describe()}");
    }

    private void Wake()
    {
        ulong one = 1;
        Libc.write(_wakeup, &one, sizeof(ulong));
    }

    private sealed class LoopSynchronizationContext(EventLoop loop) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => loop.Post(() => d(state));

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

        public override SynchronizationContext CreateCopy() => this;
    }
}
