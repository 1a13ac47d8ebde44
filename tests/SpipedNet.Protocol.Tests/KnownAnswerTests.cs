namespace SpipedNet.Protocol.Tests;

/// <summary>Every value of every session that the C reference computed, in both roles.</summary>
public sealed class KnownAnswerTests
{
    [Theory]
    [MemberData(nameof(KnownSession.Names), MemberType = typeof(KnownSession))]
    public void Client_computes_the_references_values(string name)
    {
        KnownSession known = KnownSession.Named(name);
        using SharedSecret secret = SharedSecret.FromKeyMaterial(Bytes(known.KeyFile));
        using var handshake = new ClientHandshake(
            secret, Secrecy(known.ClientWeak), Bytes(known.NonceC), EphemeralKeyPair.FromPrivateValue(Bytes(known.XC)));

        Assert.Equal(known.NonceC, Hex(handshake.Nonce));
        handshake.ReceiveNonce(Bytes(known.NonceS));
        Assert.Equal(known.DhmacC + known.DhmacS, Hex(handshake.ValueMacKeys.Span));
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        handshake.WriteValue(value);
        Assert.Equal(known.YhC, Hex(value));
        Assert.Equal(PeerValueCheck.Accepted, handshake.ReceiveValue(Bytes(known.YhS)));
        AssertSharedValue(known, handshake);

        using SessionKeys keys = handshake.DeriveKeys();
        AssertSeals(known.PacketsCToS, keys.Sealer);
        AssertOpens(known.PacketsSToC, keys.Opener);
    }

    [Theory]
    [MemberData(nameof(KnownSession.Names), MemberType = typeof(KnownSession))]
    public void Server_computes_the_references_values(string name)
    {
        KnownSession known = KnownSession.Named(name);
        using SharedSecret secret = SharedSecret.FromKeyMaterial(Bytes(known.KeyFile));
        using var handshake = new ServerHandshake(
            secret, Secrecy(known.ServerWeak), Bytes(known.NonceS), EphemeralKeyPair.FromPrivateValue(Bytes(known.XS)));

        Assert.Equal(known.NonceS, Hex(handshake.Nonce));
        handshake.ReceiveNonce(Bytes(known.NonceC));
        Assert.Equal(known.DhmacC + known.DhmacS, Hex(handshake.ValueMacKeys.Span));
        Assert.Equal(PeerValueCheck.Accepted, handshake.ReceiveValue(Bytes(known.YhC)));
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        handshake.WriteValue(value);
        Assert.Equal(known.YhS, Hex(value));
        AssertSharedValue(known, handshake);

        using SessionKeys keys = handshake.DeriveKeys();
        AssertSeals(known.PacketsSToC, keys.Sealer);
        AssertOpens(known.PacketsCToS, keys.Opener);
    }

    private static void AssertSharedValue(KnownSession known, Handshake handshake)
    {
        byte[] shared = new byte[DiffieHellmanGroup14.ElementSize];
        handshake.ComputeSharedValue(shared);
        Assert.Equal(known.YSc, Hex(shared));
    }

    private static void AssertSeals(IReadOnlyList<KnownPacket> packets, PacketSealer sealer)
    {
        Assert.NotEmpty(packets);
        byte[] packet = new byte[Packet.Size];
        foreach (KnownPacket known in packets)
        {
            Assert.Equal(Packet.Size, sealer.Seal(Bytes(known.Plaintext), packet));
            Assert.Equal(known.Packet, Hex(packet));
        }
    }

    private static void AssertOpens(IReadOnlyList<KnownPacket> packets, PacketOpener opener)
    {
        byte[] batch = [.. packets.SelectMany(packet => Bytes(packet.Packet))];
        byte[] payload = new byte[packets.Count * Packet.MaxPayload];
        OpenResult result = opener.Open(batch, payload);
        Assert.Equal(OpenStatus.Opened, result.Status);
        Assert.Equal(string.Concat(packets.Select(packet => packet.Plaintext)), Hex(payload.AsSpan(0, result.Length)));
    }

    private static ForwardSecrecy Secrecy(bool isWeak) => isWeak ? ForwardSecrecy.Disabled : ForwardSecrecy.Preferred;

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
