using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;

namespace SpipedNet.Benchmarks;

/// <summary>The MACs of a batch of packets.</summary>
public class HmacBenchmarks
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HmacSha256.Size);
    private byte[] _packets = [];
    private byte[] _macs = [];
    private PacketMac? _mac;

    [Params(1, 2, 4, 8, 16, 64)]
    public int Packets { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _packets = RandomNumberGenerator.GetBytes(Packets * Packet.Size);
        _macs = new byte[Packets * Packet.MacSize];
        _mac = new PacketMac(_key);
    }

    // The eight bytes behind the ciphertext stand for the packet's number.
    [Benchmark(Baseline = true), Bytes(Packet.MaxPayload, Times = nameof(Packets))]
    public void HashData()
    {
        for (int i = 0; i < Packets; i++)
        {
            HMACSHA256.HashData(
                _key,
                _packets.AsSpan(i * Packet.Size, Packet.CiphertextSize + sizeof(ulong)),
                _macs.AsSpan(i * Packet.MacSize, Packet.MacSize));
        }
    }

    [Benchmark, Bytes(Packet.MaxPayload, Times = nameof(Packets))]
    public void PacketMac() => _mac!.Compute(0, _packets, _macs);

    [GlobalCleanup]
    public void Cleanup() => _mac!.Dispose();
}
