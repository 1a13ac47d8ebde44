using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;

namespace SpipedNet.Benchmarks;

/// <summary>A whole handshake without a wire: both ends, from nonces to session keys, one after the other.</summary>
public class HandshakeBenchmarks
{
    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("benchmark"u8);
    private readonly byte[] _value = new byte[Handshake.AuthenticatedValueSize];

    /// <summary>Disabled leaves the exponentiations out.</summary>
    [Params(ForwardSecrecy.Preferred, ForwardSecrecy.Disabled)]
    public ForwardSecrecy ForwardSecrecy { get; set; }

    [Benchmark]
    public void BothEnds()
    {
        using var client = new ClientHandshake(_secret, ForwardSecrecy);
        using var server = new ServerHandshake(_secret, ForwardSecrecy);
        client.ReceiveNonce(server.Nonce);
        server.ReceiveNonce(client.Nonce);
        PassValue(client, server);
        PassValue(server, client);
        using SessionKeys clientKeys = client.DeriveKeys();
        using SessionKeys serverKeys = server.DeriveKeys();
    }

    [GlobalCleanup]
    public void Cleanup() => _secret.Dispose();

    private void PassValue(Handshake from, Handshake to)
    {
        from.WriteValue(_value);
        if (to.ReceiveValue(_value) != PeerValueCheck.Accepted)
            throw new InvalidOperationException("An end refused the other's value.");
    }
}
