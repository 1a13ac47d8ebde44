using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Fuzz;

/// <summary>Two sockets that are connected: ours blocks, theirs is for an event loop, which closes it.</summary>
internal sealed unsafe class SocketPair
{
    private const int SequencedPackets = 5; // SOCK_SEQPACKET: what was sent at once is received at once, and alone
    private const int SO_SNDBUF = 7;

    private readonly int _ours;

    private SocketPair(int type)
    {
        int* pair = stackalloc int[2];
        ThrowIf(Libc.socketpair(Libc.AF_UNIX, type | Libc.SOCK_CLOEXEC, 0, pair) != 0);
        (_ours, Theirs) = (pair[0], pair[1]);
        Libc.SetNonBlocking(Theirs);
    }

    /// <summary>The event loop's descriptor.</summary>
    public int Theirs { get; }

    /// <summary>A stream.</summary>
    public static SocketPair OfBytes() => new(Libc.SOCK_STREAM);

    /// <summary>A stream that keeps the boundaries between what was sent.</summary>
    public static SocketPair OfPieces() => new(SequencedPackets);

    /// <summary>Limits what theirs can send ahead of what ours has received.</summary>
    public void LimitSendBuffer(int size) =>
        ThrowIf(Libc.setsockopt(Theirs, Libc.SOL_SOCKET, SO_SNDBUF, &size, sizeof(int)) != 0);

    /// <summary>Sends all from ours.</summary>
    public void Send(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
            ThrowIf(Libc.send(_ours, start, (nuint)data.Length, Libc.MSG_NOSIGNAL) != data.Length);
    }

    /// <summary>Receives from ours until theirs has ended, and closes ours.</summary>
    /// <returns>The bytes, the buffer's length at most.</returns>
    public int ReceiveToEnd(Span<byte> buffer)
    {
        int received = 0;
        nint count;
        fixed (byte* start = buffer)
        {
            while ((count = Libc.recv(_ours, start + received, (nuint)(buffer.Length - received), 0)) > 0)
                received += (int)count;
        }

        ThrowIf(count < 0);
        CloseOurs();
        return received;
    }

    /// <summary>Ends what ours sends; it still receives.</summary>
    public void EndOurs() => ThrowIf(Libc.shutdown(_ours, Libc.SHUT_WR) != 0);

    /// <summary>Closes ours, in order where nothing is left to receive.</summary>
    public void CloseOurs() => ThrowIf(Libc.close(_ours) != 0);

    private static void ThrowIf(bool hasFailed)
    {
        if (hasFailed)
            throw new InvalidOperationException($"a pair of sockets: {Libc.LastError.Describe()}");
    }
}
