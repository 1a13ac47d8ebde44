using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;

namespace SpipedNet.Benchmarks;

/// <summary>The exponentiations of group 14: each end of a handshake does one of each kind.</summary>
public class DiffieHellmanBenchmarks
{
    private readonly byte[] _exponent = RandomNumberGenerator.GetBytes(DiffieHellmanGroup14.ExponentSize);
    private readonly byte[] _element = new byte[DiffieHellmanGroup14.ElementSize];
    private readonly byte[] _result = new byte[DiffieHellmanGroup14.ElementSize];

    [GlobalSetup]
    public void Setup() => DiffieHellmanGroup14.RaiseGenerator(_exponent, _element);

    [Benchmark(Baseline = true)]
    public void RaiseByLibCrypto() => DiffieHellmanGroup14.RaiseByLibCrypto(_element, _exponent, _result);

    [Benchmark]
    public void Raise() => DiffieHellmanGroup14.Raise(_element, _exponent, _result);

    [Benchmark]
    public void RaiseGenerator() => DiffieHellmanGroup14.RaiseGenerator(_exponent, _result);
}
