using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;

namespace SpipedNet.Benchmarks;

/// <summary>What a client's value costs a server that has so many keys, the nonces' exchange included.</summary>
public class SecretSearchBenchmarks
{
    private readonly byte[] _value = new byte[Handshake.AuthenticatedValueSize];
    private SharedSecret[] _secrets = [];

    [Params(1, 2, 100, 1000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void MakeKeys() => _secrets = [.. Enumerable.Range(0, Keys).Select(i => SharedSecret.FromKeyMaterial(BitConverter.GetBytes(i)))];

    [Benchmark]
    public PeerValueCheck Stranger()
    {
        using var server = new ServerHandshake(_secrets, ForwardSecrecy.Preferred);
        server.ReceiveNonce(_value.AsSpan(0, Handshake.NonceSize));
        return server.ReceiveValue(_value);
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach(_secrets, secret => secret.Dispose());
}
