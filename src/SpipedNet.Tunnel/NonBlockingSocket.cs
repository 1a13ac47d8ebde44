using System.Runtime.CompilerServices;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>The result of one system call on a socket: a count, or the error.</summary>
internal readonly record struct IoResult(int Count, Errno Error)
{
    public bool WouldBlock => Error == Errno.WouldBlock;
}

/// <summary>
/// A descriptor on an event loop and what is known of its readiness. Edge-triggered: the kernel reports a change once,
/// so readiness is remembered until a call says that it has ended. All members are for the loop's thread.
/// </summary>
internal abstract class NonBlockingSocket : IDisposable
{
    private Action? _whenReadable;
    private Action? _whenWritable;
    private Action? _whenBroken;
    private bool _isCancelled;

    protected NonBlockingSocket(EventLoop loop, int descriptor)
    {
        Loop = loop;
        Descriptor = descriptor;
        try
        {
            loop.Add(this);
        }
        catch
        {
            Libc.close(descriptor);
            throw;
        }
    }

    public EventLoop Loop { get; }

    public int Descriptor { get; private set; }

    /// <summary>The loop's name for this socket.</summary>
    public ulong LoopToken { get; set; }

    /// <summary>Await this to go on when a receive (or accept) is worth trying; lets others run first even when it is now.</summary>
    public Readiness Readable => new(this, isForWriting: false);

    /// <summary>Await this to go on when a send is worth trying, or when a connect has ended.</summary>
    public Readiness Writable => new(this, isForWriting: true);

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => _isCancelled;

    // Nothing is known of a new socket, and trying costs one call.
    protected bool IsReadable { get; set; } = true;

    protected bool IsWritable { get; set; } = true;

    /// <summary>Whether others may have descriptors of this very socket, which stays open then.</summary>
    protected virtual bool IsShared => false;

    /// <summary>The peer has ended its direction, or the connection is broken: there is something to receive for ever.</summary>
    protected bool IsEndSignalled { get; set; }

    /// <summary>Both directions are gone, as they are of a socket that is not connected yet.</summary>
    protected bool IsBroken { get; set; }

    /// <summary>Whether an error waits to be received: the peer has reset the connection, mostly.</summary>
    public bool HasError { get; protected set; }

    /// <summary>
    /// Calls back once when both directions of the connection have gone, for an owner that neither receives nor sends
    /// just then. Our own end of sending counts as well.
    /// </summary>
    public void WhenBroken(Action callback)
    {
        if (IsBroken)
            Loop.Enqueue(callback);
        else
            _whenBroken = callback;
    }

    /// <summary>Lets who waits for something to receive look around, though nothing has come.</summary>
    public void WakeReader()
    {
        // Not inline: the caller may be the one whose other half waits here.
        if (_whenReadable is not null)
            Loop.Enqueue(Take(ref _whenReadable)!);
    }

    /// <summary>Lets who waits for room to send look around, though there is none.</summary>
    public void WakeWriter()
    {
        if (_whenWritable is not null)
            Loop.Enqueue(Take(ref _whenWritable)!);
    }

    /// <summary>From now on all calls fail with <see cref="Errno.Cancelled"/>, and who waits goes on to see it.</summary>
    public void Cancel()
    {
        if (_isCancelled)
            return;
        _isCancelled = true;
        IsReadable = IsWritable = true;
        WakeReader();
        WakeWriter();
    }

    /// <summary>Closes the descriptor. Nobody may be waiting any more.</summary>
    public void Dispose()
    {
        if (Descriptor < 0)
            return;
        Loop.Remove(this, IsShared);
        Libc.close(Descriptor);
        Descriptor = -1;
    }

    public void OnEvents(uint mask)
    {
        const uint end = Libc.EPOLLRDHUP | Libc.EPOLLHUP | Libc.EPOLLERR;
        IsEndSignalled |= (mask & end) != 0;
        if ((mask & (Libc.EPOLLIN | end)) != 0)
        {
            IsReadable = true;
            Take(ref _whenReadable)?.Invoke();
        }

        if ((mask & (Libc.EPOLLOUT | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            IsWritable = true;
            Take(ref _whenWritable)?.Invoke();
        }

        if ((mask & (Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            IsBroken = true;
            HasError |= (mask & Libc.EPOLLERR) != 0;
            Take(ref _whenBroken)?.Invoke();
        }
    }

    private void Wait(Action continuation, bool isForWriting)
    {
        if (isForWriting ? IsWritable : IsReadable)
            Loop.Enqueue(continuation);
        else if (isForWriting)
            _whenWritable = continuation;
        else
            _whenReadable = continuation;
    }

    private static Action? Take(ref Action? waiter)
    {
        Action? taken = waiter;
        waiter = null;
        return taken;
    }

    /// <summary>The awaitable of one direction; allocates nothing.</summary>
    internal readonly struct Readiness(NonBlockingSocket socket, bool isForWriting) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Readiness GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => socket.Wait(continuation, isForWriting);

        public void UnsafeOnCompleted(Action continuation) => socket.Wait(continuation, isForWriting);
    }
}
