namespace SpipedNet.Protocol.Tests;

/// <summary>A server that may have any of several clients' secrets.</summary>
public sealed class SeveralSecretsTests : IDisposable
{
    private readonly SharedSecret[] _secrets = [.. Enumerable.Range(0, 39).Select(i => SharedSecret.FromKeyMaterial([(byte)i]))];

    public void Dispose() => Array.ForEach(_secrets, secret => secret.Dispose());

    // As many as fill the SIMD lanes once, twice and in part.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(39)]
    public void The_server_finds_the_clients_secret_wherever_it_stands(int count)
    {
        SharedSecret[] some = _secrets[..count];
        for (int index = 0; index < count; index++)
        {
            using var client = new ClientHandshake(some[index], ForwardSecrecy.Disabled);
            using var server = new ServerHandshake(some, ForwardSecrecy.Preferred);
            Assert.Equal(PeerValueCheck.Accepted, PassValue(client, server));
            Assert.Equal(index, server.SecretIndex);
        }
    }

    [Theory]
    [InlineData(ForwardSecrecy.Preferred)]
    [InlineData(ForwardSecrecy.Disabled)]
    public void Both_ends_derive_the_keys_of_the_clients_secret(ForwardSecrecy forwardSecrecy)
    {
        using var client = new ClientHandshake(_secrets[3], forwardSecrecy);
        using var server = new ServerHandshake(_secrets, forwardSecrecy);
        PassValue(client, server);
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        server.WriteValue(value);
        Assert.Equal(PeerValueCheck.Accepted, client.ReceiveValue(value));
        using SessionKeys clientKeys = client.DeriveKeys(), serverKeys = server.DeriveKeys();

        byte[] packet = new byte[Packet.Size], opened = new byte[Packet.MaxPayload];
        clientKeys.Sealer.Seal([1, 2, 3], packet);
        Assert.Equal(new OpenResult(OpenStatus.Opened, 3), serverKeys.Opener.Open(packet, opened));
    }

    [Fact]
    public void A_secret_that_is_none_of_them_is_a_bad_MAC()
    {
        using SharedSecret another = SharedSecret.FromKeyMaterial("another"u8);
        using var client = new ClientHandshake(another, ForwardSecrecy.Disabled);
        using var server = new ServerHandshake(_secrets, ForwardSecrecy.Preferred);
        Assert.Equal(PeerValueCheck.BadMac, PassValue(client, server));
    }

    [Fact]
    public void A_server_without_a_secret_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServerHandshake([], ForwardSecrecy.Preferred));

    private static PeerValueCheck PassValue(ClientHandshake client, ServerHandshake server)
    {
        client.ReceiveNonce(server.Nonce);
        server.ReceiveNonce(client.Nonce);
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        client.WriteValue(value);
        return server.ReceiveValue(value);
    }
}
