using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace SpipedNet.Benchmarks;

/// <summary>
/// A stream through both pumps, which share one event loop. The connection lives on from operation to operation, so
/// that what is allocated is what the stream costs, not its beginning.
/// </summary>
[InvocationCount(2)] // more would take seconds for each measurement
public class PumpBenchmarks
{
    private const int BlockSize = 1 << 20;
    private const int Blocks = 64;

    private readonly byte[] _block = RandomNumberGenerator.GetBytes(BlockSize);
    private readonly byte[] _received = new byte[BlockSize];
    private PumpChain? _chain;
    private Feeder? _feeder;

    [GlobalSetup]
    public void Setup()
    {
        _chain = new PumpChain();
        _feeder = new Feeder(_chain.Entrance, _block, Blocks);
        _feeder.FeedOnce();
        for (int i = 0; i < Blocks; i++)
        {
            _chain.Exit.ReadExactly(_received);
            if (!_received.AsSpan().SequenceEqual(_block))
                throw new InvalidOperationException("What came out is not what went in.");
        }
    }

    [Benchmark, Bytes(Blocks * BlockSize)]
    public void EncryptAndDecrypt64MiB()
    {
        _feeder!.FeedOnce();
        for (int i = 0; i < Blocks; i++)
            _chain!.Exit.ReadExactly(_received);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _feeder!.Dispose();
        _chain!.Dispose();
    }
}
