using System.Numerics;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Tests;

/// <summary>The handshake succeeds or fails at the right step, by the right name.</summary>
public sealed class HandshakeTests : IDisposable
{
    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("secret"u8);

    public void Dispose() => _secret.Dispose();

    [Theory]
    [InlineData(ForwardSecrecy.Preferred, ForwardSecrecy.Preferred)]
    [InlineData(ForwardSecrecy.Preferred, ForwardSecrecy.Disabled)]
    [InlineData(ForwardSecrecy.Disabled, ForwardSecrecy.Preferred)]
    [InlineData(ForwardSecrecy.Disabled, ForwardSecrecy.Disabled)]
    [InlineData(ForwardSecrecy.Required, ForwardSecrecy.Required)]
    [InlineData(ForwardSecrecy.Required, ForwardSecrecy.Preferred)]
    public void Both_ends_derive_the_same_keys(ForwardSecrecy ofClient, ForwardSecrecy ofServer)
    {
        using var client = new ClientHandshake(_secret, ofClient);
        using var server = new ServerHandshake(_secret, ofServer);
        ExchangeNonces(client, server);
        Assert.Equal(PeerValueCheck.Accepted, server.ReceiveValue(ValueOf(client)));
        Assert.Equal(PeerValueCheck.Accepted, client.ReceiveValue(ValueOf(server)));
        using SessionKeys clientKeys = client.DeriveKeys();
        using SessionKeys serverKeys = server.DeriveKeys();
        AssertOpens(clientKeys.Sealer, serverKeys.Opener);
        AssertOpens(serverKeys.Sealer, clientKeys.Opener);
    }

    [Fact]
    public void Another_key_is_a_bad_MAC()
    {
        using SharedSecret another = SharedSecret.FromKeyMaterial("another"u8);
        using var client = new ClientHandshake(another, ForwardSecrecy.Disabled);
        using var server = new ServerHandshake(_secret, ForwardSecrecy.Preferred);
        ExchangeNonces(client, server);
        Assert.Equal(PeerValueCheck.BadMac, server.ReceiveValue(ValueOf(client)));
    }

    [Fact]
    public void Every_bit_of_the_value_and_its_MAC_is_checked()
    {
        using var client = new ClientHandshake(_secret, ForwardSecrecy.Disabled);
        byte[]? value = null;
        for (int bit = 0; bit < Handshake.AuthenticatedValueSize * 8; bit++)
        {
            using var server = new ServerHandshake(_secret, ForwardSecrecy.Preferred);
            server.ReceiveNonce(client.Nonce);
            if (value is null)
            {
                client.ReceiveNonce(server.Nonce);
                value = ValueOf(client);
            }

            byte[] damaged = [.. value];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(PeerValueCheck.BadMac, server.ReceiveValue(damaged));
        }
    }

    [Theory]
    [InlineData(0)]  // y = p
    [InlineData(1)]  // y = p + 1
    public void A_value_of_p_or_more_is_out_of_range_despite_a_right_MAC(int above) =>
        Assert.Equal(PeerValueCheck.OutOfRange, ReceiveAuthentic(Bytes(Modulus + above), ForwardSecrecy.Preferred));

    [Fact]
    public void The_greatest_number_of_256_bytes_is_out_of_range() =>
        Assert.Equal(PeerValueCheck.OutOfRange, ReceiveAuthentic(Bytes(BigInteger.Pow(2, 2048) - 1), ForwardSecrecy.Preferred));

    [Fact]
    public void The_MAC_is_checked_before_the_range()
    {
        using var client = new ClientHandshake(_secret, ForwardSecrecy.Disabled);
        client.ReceiveNonce(RandomNumberGenerator.GetBytes(Handshake.NonceSize));
        client.WriteValue(new byte[Handshake.AuthenticatedValueSize]);
        Assert.Equal(PeerValueCheck.BadMac, client.ReceiveValue([.. Bytes(Modulus), .. new byte[HmacSha256.Size]]));
    }

    [Fact]
    public void The_greatest_value_below_p_is_accepted() =>
        Assert.Equal(PeerValueCheck.Accepted, ReceiveAuthentic(Bytes(Modulus - 1), ForwardSecrecy.Required));

    [Theory]
    [InlineData(ForwardSecrecy.Required, PeerValueCheck.WeakRefused)]
    [InlineData(ForwardSecrecy.Preferred, PeerValueCheck.Accepted)]
    public void A_value_of_1_is_refused_only_where_forward_secrecy_is_required(ForwardSecrecy choice, PeerValueCheck expected) =>
        Assert.Equal(expected, ReceiveAuthentic(Bytes(1), choice));

    [Fact]
    public void No_keys_before_the_peers_value_was_accepted()
    {
        using var server = new ServerHandshake(_secret, ForwardSecrecy.Disabled);
        server.ReceiveNonce(RandomNumberGenerator.GetBytes(32));
        server.ReceiveValue(RandomNumberGenerator.GetBytes(Handshake.AuthenticatedValueSize));
        Assert.Throws<InvalidOperationException>(server.DeriveKeys);
    }

    [Fact]
    public void Each_handshake_has_a_nonce_of_its_own()
    {
        using var one = new ClientHandshake(_secret, ForwardSecrecy.Disabled);
        using var other = new ClientHandshake(_secret, ForwardSecrecy.Disabled);
        Assert.NotEqual(one.Nonce.ToArray(), other.Nonce.ToArray());
    }

    internal static BigInteger Modulus => new(DiffieHellmanGroup14.Modulus, isUnsigned: true, isBigEndian: true);

    internal static byte[] Bytes(BigInteger number)
    {
        byte[] bytes = new byte[DiffieHellmanGroup14.ElementSize];
        byte[] significant = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        significant.CopyTo(bytes, bytes.Length - significant.Length);
        return bytes;
    }

    private PeerValueCheck ReceiveAuthentic(byte[] value, ForwardSecrecy choice)
    {
        using var client = new ClientHandshake(_secret, choice);
        client.ReceiveNonce(RandomNumberGenerator.GetBytes(32));
        client.WriteValue(new byte[Handshake.AuthenticatedValueSize]);
        byte[] mac = HMACSHA256.HashData(client.ValueMacKeys.Span[32..], value);
        return client.ReceiveValue([.. value, .. mac]);
    }

    private static void ExchangeNonces(Handshake client, Handshake server)
    {
        client.ReceiveNonce(server.Nonce);
        server.ReceiveNonce(client.Nonce);
    }

    private static byte[] ValueOf(Handshake handshake)
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        handshake.WriteValue(value);
        return value;
    }

    private static void AssertOpens(PacketSealer sealer, PacketOpener opener)
    {
        byte[] packet = new byte[Packet.Size], opened = new byte[Packet.MaxPayload];
        sealer.Seal([1, 2, 3], packet);
        Assert.Equal(new OpenResult(OpenStatus.Opened, 3), opener.Open(packet, opened));
        Assert.Equal([1, 2, 3], opened[..3]);
    }
}
