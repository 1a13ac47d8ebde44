using System.Net;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>A connected (or connecting) stream socket on an event loop, TCP or UNIX.</summary>
internal sealed class StreamSocket(EventLoop loop, int descriptor) : NonBlockingSocket(loop, descriptor)
{
    // Sending found the connection reset, and with that took the error away that a receive would have had.
    private bool _isReset;

    /// <summary>Who has connected, of an accepted TCP socket.</summary>
    public EndPoint? Peer { get; init; }

    /// <summary>Where it was accepted, of an accepted TCP socket.</summary>
    public IPEndPoint? Local => NativeAddress.LocalOf(Descriptor);

    /// <summary>Receives what is there, up to the buffer's length. Count 0 without an error is the peer's end of stream.</summary>
    public unsafe IoResult TryReceive(Span<byte> buffer)
    {
        if (IsCancelled)
            return new IoResult(0, Errno.Cancelled);
        nint count;
        fixed (byte* start = buffer)
        {
            while ((count = Libc.recv(Descriptor, start, (nuint)buffer.Length, 0)) < 0 && Libc.LastError == Errno.Interrupted)
                continue;
        }

        if (count < 0)
        {
            Errno error = Libc.LastError;
            IsReadable = error != Errno.WouldBlock;
            return new IoResult(0, error);
        }

        if (count == 0 && _isReset)
            return new IoResult(0, Errno.ConnectionReset);
        // A short read has emptied the socket (epoll(7), question 9): the next wait needs no call that fails first.
        IsReadable = count == buffer.Length || IsEndSignalled;
        return new IoResult((int)count, Errno.None);
    }

    /// <summary>Sends what fits into the socket's buffer; Count is less than the length (0 with WouldBlock) when it is full.</summary>
    public unsafe IoResult TrySend(ReadOnlySpan<byte> data)
    {
        if (IsCancelled)
            return new IoResult(0, Errno.Cancelled);
        nint count;
        fixed (byte* start = data)
        {
            while ((count = Libc.send(Descriptor, start, (nuint)data.Length, Libc.MSG_NOSIGNAL)) < 0 && Libc.LastError == Errno.Interrupted)
                continue;
        }

        if (count < 0)
        {
            Errno error = Libc.LastError;
            IsWritable = error != Errno.WouldBlock;
            // EPIPE: the peer had ended its stream before, in good order (tcp_reset in the kernel tells the two apart).
            _isReset |= IsWritable && error != Errno.BrokenPipe;
            return new IoResult(0, error);
        }

        IsWritable = count == data.Length;
        return new IoResult((int)count, Errno.None);
    }

    /// <summary>Receives exactly the buffer's length. An early end of stream is Count less than that without an error.</summary>
    public async ValueTask<IoResult> ReceiveExactlyAsync(Memory<byte> buffer)
    {
        int received = 0;
        while (received < buffer.Length)
        {
            IoResult result = TryReceive(buffer.Span[received..]);
            if (result.WouldBlock)
                await Readable;
            else if (result.Error != Errno.None || result.Count == 0)
                return new IoResult(received, result.Error);
            received += result.Count;
        }

        return new IoResult(received, Errno.None);
    }

    /// <summary>Sends all of the data.</summary>
    public async ValueTask<Errno> SendAllAsync(ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            IoResult result = TrySend(data.Span);
            data = data[result.Count..];
            if (result.WouldBlock)
                await Writable;
            else if (result.Error != Errno.None)
                return result.Error;
        }

        return Errno.None;
    }

    /// <summary>Starts to connect. None: connected already; InProgress: await <see cref="NonBlockingSocket.Writable"/>.</summary>
    public Errno StartConnect(EndPoint endPoint)
    {
        Errno error = NativeAddress.Connect(Descriptor, endPoint);
        IsWritable = error != Errno.InProgress;
        // What was reported of the socket before says nothing about its connection.
        IsEndSignalled = IsBroken = HasError = false;
        return error;
    }

    /// <summary>
    /// How a connect has ended. SO_ERROR would also have the error of a connection that was made and is reset already, and
    /// what the peer had said before that would be lost with it.
    /// </summary>
    public unsafe Errno ConnectError()
    {
        if (IsCancelled)
            return Errno.Cancelled;
        byte first;
        return Libc.recv(Descriptor, &first, 1, Libc.MSG_PEEK) >= 0 || Libc.LastError == Errno.WouldBlock
            ? Errno.None
            : Libc.LastError;
    }

    /// <summary>The error that waits at the socket, and takes it away: why a connection broke.</summary>
    public unsafe Errno TakeError()
    {
        if (IsCancelled)
            return Errno.Cancelled;
        int error;
        uint length = sizeof(int);
        return Libc.getsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length) == 0 ? (Errno)error : Libc.LastError;
    }

    /// <summary>Tells the peer that no more will come (TCP's FIN).</summary>
    public Errno ShutdownSend() =>
        IsCancelled ? Errno.Cancelled : Libc.shutdown(Descriptor, Libc.SHUT_WR) == 0 ? Errno.None : Libc.LastError;

    /// <summary>Bytes that were sent and have not arrived in the peer's buffer yet (of a UNIX socket: that it has not read).</summary>
    public unsafe int UnacknowledgedBytes()
    {
        int count;
        return Libc.ioctl(Descriptor, Libc.SIOCOUTQ, &count) == 0 ? count : 0;
    }

    /// <summary>
    /// No Nagle delay, keepalive as asked, and a reset as the end unless <see cref="EndInOrder"/> is called: also when this
    /// process is killed, a stream that was cut does not look complete. UNIX sockets have none of these.
    /// </summary>
    public void Configure(bool isKeepAlive)
    {
        SetOption(Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1);
        if (isKeepAlive)
            KeepAlive(idle: 60, interval: 15, count: 6);
        EndWithReset();
    }

    /// <summary>Closing from now on is a reset.</summary>
    public void EndWithReset() => SetLinger(Descriptor, isOn: true);

    /// <summary>Closing from now on sends what is still to be sent, and an orderly end.</summary>
    public void EndInOrder() => SetLinger(Descriptor, isOn: false);

    /// <summary>
    /// Makes the kernel ask every 10 s whether the peer's socket still exists. That tells a half-close from a dead
    /// process, though not at once: the dead one's kernel answers for it for tcp_fin_timeout (60 s) and then resets
    /// (measured: 67 s after kill -9). Six lost answers in a row count as dead too.
    /// </summary>
    public void ProbePeer() => KeepAlive(idle: 10, interval: 10, count: 6);

    /// <summary>Closes a socket that no loop has taken over, with a reset.</summary>
    public static void CloseWithReset(int descriptor)
    {
        SetLinger(descriptor, isOn: true);
        Libc.close(descriptor);
    }

    // A peer that has vanished is found after idle + interval * count seconds of silence; with the kernel's values, 2 h 11 min.
    private void KeepAlive(int idle, int interval, int count)
    {
        SetOption(Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, 1);
        SetOption(Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE, idle);
        SetOption(Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL, interval);
        SetOption(Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT, count);
    }

    // With a time of 0, closing means a reset (socket(7), tcp(7)).
    private static unsafe void SetLinger(int descriptor, bool isOn)
    {
        long linger = isOn ? 1 : 0; // struct linger { int l_onoff; int l_linger; }
        Libc.setsockopt(descriptor, Libc.SOL_SOCKET, Libc.SO_LINGER, &linger, sizeof(long));
    }

    private unsafe void SetOption(int level, int option, int value) =>
        Libc.setsockopt(Descriptor, level, option, &value, sizeof(int));
}
