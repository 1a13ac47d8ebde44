using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;

namespace SpipedNet.Benchmarks;

/// <summary>A batch of full packets, sealed and opened: all of a pump's work but its system calls.</summary>
public class PacketBenchmarks
{
    private byte[] _payload = [];
    private byte[] _opened = [];
    private byte[] _sealed = [];
    private byte[] _packets = [];
    private PacketSealer? _sealer;
    private PacketOpener? _opener;

    [Params(1, 4, 16, 64)]
    public int Packets { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] keys = RandomNumberGenerator.GetBytes(KeySchedule.SessionKeysSize / 2);
        _payload = RandomNumberGenerator.GetBytes(Packets * Packet.MaxPayload);
        _opened = new byte[_payload.Length];
        _sealed = new byte[Packets * Packet.Size];
        _packets = new byte[_sealed.Length];
        _sealer = new PacketSealer(keys);
        _opener = new PacketOpener(keys);
        _sealer.Seal(_payload, _packets);
        if (Open().Status != OpenStatus.Opened || !_opened.AsSpan().SequenceEqual(_payload))
            throw new InvalidOperationException("The packets do not open to their payload.");
    }

    [Benchmark, Bytes(Packet.MaxPayload, Times = nameof(Packets))]
    public int Seal() => _sealer!.Seal(_payload, _sealed);

    // The same packets each time: the opener must not have counted them.
    [Benchmark, Bytes(Packet.MaxPayload, Times = nameof(Packets))]
    public OpenResult Open()
    {
        NextNumber(_opener!) = 0;
        return _opener!.Open(_packets, _opened);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _sealer!.Dispose();
        _opener!.Dispose();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_number")]
    private static extern ref ulong NextNumber(PacketOpener opener);
}
