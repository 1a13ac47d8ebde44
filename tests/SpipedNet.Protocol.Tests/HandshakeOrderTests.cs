using System.Security.Cryptography;

namespace SpipedNet.Protocol.Tests;

/// <summary>A handshake takes its steps in its own order only, and none after its end.</summary>
public sealed class HandshakeOrderTests : IDisposable
{
    private const string None = "";

    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("secret"u8);
    private readonly ClientHandshake _client;
    private readonly ServerHandshake _server;

    public HandshakeOrderTests()
    {
        _client = new ClientHandshake(_secret, ForwardSecrecy.Disabled);
        _server = new ServerHandshake(_secret, ForwardSecrecy.Disabled);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void A_client_takes_nonce_own_value_peers_value_keys_and_nothing_else()
    {
        _server.ReceiveNonce(_client.Nonce);
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        AssertOnly(_client, nameof(Handshake.ReceiveNonce));
        _client.ReceiveNonce(_server.Nonce);
        AssertOnly(_client, nameof(Handshake.WriteValue));
        _client.WriteValue(value);
        AssertOnly(_client, nameof(Handshake.ReceiveValue));
        _server.ReceiveValue(value);
        _server.WriteValue(value);
        Assert.Equal(PeerValueCheck.Accepted, _client.ReceiveValue(value));
        AssertOnly(_client, nameof(Handshake.DeriveKeys));
        _client.DeriveKeys().Dispose();
        AssertOnly(_client, None);
    }

    [Fact]
    public void A_server_takes_nonce_peers_value_own_value_keys_and_nothing_else()
    {
        _client.ReceiveNonce(_server.Nonce);
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        _client.WriteValue(value);
        AssertOnly(_server, nameof(Handshake.ReceiveNonce));
        _server.ReceiveNonce(_client.Nonce);
        AssertOnly(_server, nameof(Handshake.ReceiveValue));
        Assert.Equal(PeerValueCheck.Accepted, _server.ReceiveValue(value));
        AssertOnly(_server, nameof(Handshake.WriteValue));
        _server.WriteValue(value);
        AssertOnly(_server, nameof(Handshake.DeriveKeys));
        _server.DeriveKeys().Dispose();
        AssertOnly(_server, None);
    }

    [Fact]
    public void A_refused_value_ends_the_handshake()
    {
        _server.ReceiveNonce(_client.Nonce);
        Assert.Equal(PeerValueCheck.BadMac, _server.ReceiveValue(RandomNumberGenerator.GetBytes(Handshake.AuthenticatedValueSize)));
        AssertOnly(_server, None);
    }

    [Fact]
    public void A_disposed_handshake_takes_no_step()
    {
        _client.Dispose();
        AssertOnly(_client, None);
    }

    // A refused call changes nothing, so that all but the allowed one can be tried at every step.
    private static void AssertOnly(Handshake handshake, string allowed)
    {
        var steps = new Dictionary<string, Action>
        {
            [nameof(Handshake.ReceiveNonce)] = () => handshake.ReceiveNonce(new byte[Handshake.NonceSize]),
            [nameof(Handshake.WriteValue)] = () => handshake.WriteValue(new byte[Handshake.AuthenticatedValueSize]),
            [nameof(Handshake.ReceiveValue)] = () => handshake.ReceiveValue(new byte[Handshake.AuthenticatedValueSize]),
            [nameof(Handshake.DeriveKeys)] = () => handshake.DeriveKeys(),
        };
        foreach ((string name, Action step) in steps)
        {
            if (name != allowed)
                Assert.Throws<InvalidOperationException>(step);
        }
    }
}
