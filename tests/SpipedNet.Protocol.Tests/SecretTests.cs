using System.Security.Cryptography;

namespace SpipedNet.Protocol.Tests;

/// <summary>Disposing zeroes the keys; what was disposed refuses use.</summary>
public sealed class SecretTests
{
    [Fact]
    public void Disposed_memory_is_zero_and_cannot_be_read()
    {
        var memory = SecretMemory.CopyOf(RandomNumberGenerator.GetBytes(32));
        AssertHolds(memory.Remains);
        memory.Dispose();
        AssertZero(memory.Remains);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
    }

    [Fact]
    public void A_disposed_secret_is_zero_and_serves_no_handshake()
    {
        SharedSecret secret = SharedSecret.FromDigest(RandomNumberGenerator.GetBytes(SharedSecret.Size));
        using var client = new ClientHandshake(secret, ForwardSecrecy.Disabled);
        AssertHolds(secret.Remains);
        secret.Dispose();
        AssertZero(secret.Remains);
        Assert.Throws<ObjectDisposedException>(() => client.ReceiveNonce(new byte[Handshake.NonceSize]));
    }

    [Fact]
    public void A_disposed_handshake_leaves_neither_MAC_keys_nor_private_value()
    {
        using SharedSecret secret = SharedSecret.FromKeyMaterial("secret"u8);
        var client = new ClientHandshake(secret, ForwardSecrecy.Preferred);
        client.ReceiveNonce(RandomNumberGenerator.GetBytes(Handshake.NonceSize));
        client.WriteValue(new byte[Handshake.AuthenticatedValueSize]);
        AssertHolds(client.ValueMacKeys.Remains);
        AssertHolds(client.KeyPair!.Remains);
        client.Dispose();
        AssertZero(client.ValueMacKeys.Remains);
        AssertZero(client.KeyPair.Remains);
    }

    [Fact]
    public void Disposed_session_keys_are_zero_in_both_directions()
    {
        var keys = new SessionKeys(RandomNumberGenerator.GetBytes(64), RandomNumberGenerator.GetBytes(64));
        AssertHolds(keys.Sealer.Mac.Remains);
        AssertHolds(keys.Opener.Mac.Remains);
        keys.Dispose();
        AssertZero(keys.Sealer.Mac.Remains);
        AssertZero(keys.Sealer.Cipher.Remains);
        AssertZero(keys.Opener.Mac.Remains);
        AssertZero(keys.Opener.Cipher.Remains);
    }

    [Fact]
    public void Disposed_session_keys_neither_seal_nor_open()
    {
        var keys = new SessionKeys(RandomNumberGenerator.GetBytes(64), RandomNumberGenerator.GetBytes(64));
        keys.Dispose();
        Assert.Throws<ObjectDisposedException>(() => keys.Sealer.Seal([1], new byte[Packet.Size]));
        Assert.Throws<ObjectDisposedException>(() => keys.Opener.Open(new byte[Packet.Size], new byte[Packet.Size]));
    }

    [Fact]
    public void A_disposed_cipher_encrypts_nothing_on_any_path()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32), text = [1, 2, 3];
        foreach (PacketCipher cipher in (PacketCipher[])[new PortablePacketCipher(key), PacketCipher.Create(key)])
        {
            cipher.Dispose();
            Assert.Throws<ObjectDisposedException>(() => cipher.ApplyKeystream(0, 0, text, text));
        }
        Assert.Equal([1, 2, 3], text);
    }

    private static void AssertHolds(ReadOnlySpan<byte> memory) => Assert.True(memory.ContainsAnyExcept((byte)0));

    private static void AssertZero(ReadOnlySpan<byte> memory) => Assert.False(memory.ContainsAnyExcept((byte)0));
}
