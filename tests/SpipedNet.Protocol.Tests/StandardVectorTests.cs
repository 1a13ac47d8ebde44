using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Tests;

/// <summary>The standards' own examples, on every path of a kernel.</summary>
public sealed class StandardVectorTests
{
    [Theory] // FIPS 180-2, appendices B.1 and B.2, which FIPS 180-4 refers to
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void SHA_256_gives_FIPS_180s_answers(string message, string expected)
    {
        byte[] blocks = Pad(System.Text.Encoding.ASCII.GetBytes(message)), digest = new byte[Sha256.DigestSize];
        Sha256State fastest = Sha256State.Initial, managed = Sha256State.Initial;
        Sha256.Compress(ref fastest, blocks);
        fastest.WriteDigest(digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest));
        Sha256.CompressManaged(ref managed, blocks);
        managed.WriteDigest(digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest));
    }

    [Fact] // NIST SP 800-38A, F.5.5
    public void AES_256_CTR_gives_SP_800_38As_answer()
    {
        byte[] key = Convert.FromHexString("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        byte[] plaintext = Convert.FromHexString(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
            + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        foreach (PacketCipher cipher in Ciphers(key))
        {
            byte[] ciphertext = new byte[plaintext.Length];
            cipher.ApplyKeystream(0xf0f1f2f3f4f5f6f7, 0xf8f9fafbfcfdfeff, plaintext, ciphertext);
            Assert.Equal(
                "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                + "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
                Convert.ToHexStringLower(ciphertext));
            cipher.Dispose();
        }
    }

    [Fact]
    public void The_ciphers_agree_at_every_alignment()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32), source = RandomNumberGenerator.GetBytes(31 + Packet.CiphertextSize);
        using PacketCipher portable = new PortablePacketCipher(key), fastest = PacketCipher.Create(key);
        byte[] expected = new byte[Packet.CiphertextSize], result = new byte[31 + Packet.CiphertextSize];
        for (int from = 0; from < 32; from++)
        {
            ReadOnlySpan<byte> text = source.AsSpan(from, Packet.CiphertextSize);
            Span<byte> to = result.AsSpan(31 - from, Packet.CiphertextSize);
            portable.ApplyKeystream(7, 0, text, expected);
            fastest.ApplyKeystream(7, 0, text, to);
            Assert.True(to.SequenceEqual(expected), $"differ at offset {from}");
        }
    }

    private static PacketCipher[] Ciphers(byte[] key) => [new PortablePacketCipher(key), PacketCipher.Create(key)];

    // FIPS 180-4, 5.1.1.
    private static byte[] Pad(byte[] message)
    {
        byte[] padded = new byte[(message.Length + 1 + sizeof(ulong) + Sha256.BlockSize - 1) / Sha256.BlockSize * Sha256.BlockSize];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(padded.AsSpan(padded.Length - sizeof(ulong)), message.Length * 8L);
        return padded;
    }
}
