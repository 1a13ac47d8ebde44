using System.Buffers;
using System.Net.Sockets;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Benchmarks;

/// <summary>One direction of a tunnel: plain bytes in, an encrypting pump, a decrypting one, plain bytes out.</summary>
internal sealed class PumpChain : IDisposable
{
    private readonly EventLoopGroup _loops = new(1);
    private readonly Task _run;

    public PumpChain()
    {
        (int entrance, int plain) = OpenPair();
        (int wire, int peersWire) = OpenPair();
        (int peersPlain, int exit) = OpenPair();
        Libc.SetNonBlocking(plain);
        Libc.SetNonBlocking(wire);
        Libc.SetNonBlocking(peersWire);
        Libc.SetNonBlocking(peersPlain);
        Entrance = ToStream(entrance);
        Exit = ToStream(exit);
        var started = new TaskCompletionSource<Task>();
        EventLoop loop = _loops.First;
        loop.Post(() => started.SetResult(RunAsync(loop, plain, wire, peersWire, peersPlain)));
        _run = started.Task.Unwrap();
    }

    /// <summary>Where to write; closing it ends the stream.</summary>
    public Stream Entrance { get; }

    /// <summary>Where it comes out.</summary>
    public Stream Exit { get; }

    /// <summary>Ends the stream.</summary>
    /// <exception cref="InvalidOperationException">A pump has not passed all of it on.</exception>
    public void Dispose()
    {
        Entrance.Dispose();
        _run.GetAwaiter().GetResult();
        Exit.Dispose();
        _loops.Dispose();
    }

    private static async Task RunAsync(EventLoop loop, int plain, int wire, int peersWire, int peersPlain)
    {
        FillPool();
        byte[] keys = new byte[KeySchedule.SessionKeysSize / 2];
        using var sealer = new PacketSealer(keys);
        using var opener = new PacketOpener(keys);
        using var plainSocket = new StreamSocket(loop, plain);
        using var wireSocket = new StreamSocket(loop, wire);
        using var peersWireSocket = new StreamSocket(loop, peersWire);
        using var peersPlainSocket = new StreamSocket(loop, peersPlain);
        ValueTask<PumpOutcome> encrypting = new EncryptingPump(plainSocket, wireSocket, sealer).RunAsync();
        ValueTask<PumpOutcome> decrypting = new DecryptingPump(peersWireSocket, peersPlainSocket, opener).RunAsync();
        ThrowUnlessComplete(await encrypting);
        ThrowUnlessComplete(await decrypting);
    }

    // The pumps keep at most three pieces at a time, of any length. The first buffers of each size belong to the beginning
    // of a loop: rented when chance has it, they would show in some measurements and not in others.
    private static void FillPool()
    {
        for (int size = 16; size / 2 < BatchBuffers.Packets * Packet.Size; size *= 2)
        {
            byte[][] rented = [.. Enumerable.Range(0, 3).Select(_ => ArrayPool<byte>.Shared.Rent(size))];
            foreach (byte[] buffer in rented)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void ThrowUnlessComplete(PumpOutcome outcome)
    {
        if (outcome.End != PumpEnd.EndOfStream)
            throw new InvalidOperationException($"A pump ended by {outcome}.");
    }

    private static NetworkStream ToStream(int descriptor) =>
        new(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)), ownsSocket: true);

    private static unsafe (int One, int Other) OpenPair()
    {
        int* pair = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) != 0)
            throw new InvalidOperationException($"socketpair: {Libc.LastError.Describe()}");
        return (pair[0], pair[1]);
    }
}
