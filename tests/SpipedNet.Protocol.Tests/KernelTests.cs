using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol.Tests;

/// <summary>Each kernel beside System.Security.Cryptography and the standards' known answers. Vectors wider than the processor's are emulated.</summary>
public sealed class KernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(31)]
    public unsafe void Every_number_of_lanes_gives_the_MACs_of_HMACSHA256(int misalignment)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using var hmac = new HmacSha256(key);
        byte[] buffer = RandomNumberGenerator.GetBytes(misalignment + (16 * Packet.Size));
        byte[] macs = new byte[16 * 32];
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) / 2;
        fixed (byte* packets = &buffer[misalignment], mac = macs)
        {
            for (int count = 1; count <= 16; count++)
            {
                Array.Clear(macs);
                HmacSha256Lanes<Vector512<uint>, Sha256Lanes16>.Compute(hmac, first, packets, count, mac);
                AssertMacs(key, first, buffer.AsSpan(misalignment), macs, count);
            }

            for (int count = 1; count <= 8; count++)
            {
                Array.Clear(macs);
                HmacSha256Lanes<Vector256<uint>, Sha256Lanes8>.Compute(hmac, first, packets, count, mac);
                AssertMacs(key, first, buffer.AsSpan(misalignment), macs, count);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(31)]
    public unsafe void Two_packets_side_by_side_give_the_MACs_of_HMACSHA256(int misalignment)
    {
        if (!Sha256Pair.IsSupported)
            return; // nor is it ever called then; there is no slow way to emulate these instructions
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using var hmac = new HmacSha256(key);
        byte[] buffer = RandomNumberGenerator.GetBytes(misalignment + (2 * Packet.Size)), macs = new byte[2 * 32];
        fixed (byte* packets = &buffer[misalignment], mac = macs)
            HmacSha256Pair.Compute(hmac, uint.MaxValue, packets, mac);
        AssertMacs(key, uint.MaxValue, buffer.AsSpan(misalignment), macs, 2);
    }

    [Fact]
    public void Packet_numbers_carry_into_their_upper_half()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32), packets = RandomNumberGenerator.GetBytes(20 * Packet.Size), macs = new byte[20 * 32];
        using var mac = new PacketMac(key);
        mac.Compute(uint.MaxValue - 7, packets, macs);
        AssertMacs(key, uint.MaxValue - 7, packets, macs, 20);
    }

    [Fact]
    public void HMAC_of_any_length_is_HMACSHA256s()
    {
        for (int length = 0; length < 300; length++)
        {
            byte[] key = RandomNumberGenerator.GetBytes(length % 65), message = RandomNumberGenerator.GetBytes(length), suffix = RandomNumberGenerator.GetBytes(length % 57);
            using var hmac = new HmacSha256(key);
            byte[] mac = new byte[32];
            hmac.Compute(message, suffix, mac);
            Assert.Equal(HMACSHA256.HashData(key, (byte[])[.. message, .. suffix]), mac);
        }
    }

    [Theory] // RFC 4231, test cases 1 to 4
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [InlineData("0102030405060708090a0b0c0d0e0f10111213141516171819", "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")]
    public void HMAC_gives_RFC_4231s_answers(string key, string message, string expected)
    {
        using var hmac = new HmacSha256(Convert.FromHexString(key));
        byte[] mac = new byte[32];
        hmac.Compute(Convert.FromHexString(message), [], mac);
        Assert.Equal(expected, Convert.ToHexStringLower(mac));
    }

    [Fact]
    public void SHA_256_without_libcrypto_compresses_alike()
    {
        byte[] blocks = RandomNumberGenerator.GetBytes(Sha256.BlockSize * 5);
        Sha256State managed = Sha256State.Initial, fastest = Sha256State.Initial;
        Sha256.CompressManaged(ref managed, blocks);
        Sha256.Compress(ref fastest, blocks);
        byte[] one = new byte[32], other = new byte[32];
        managed.WriteDigest(one);
        fastest.WriteDigest(other);
        Assert.Equal(other, one);
    }

    [Fact]
    public void The_keystream_is_AES_256_of_packet_and_block_number_on_every_path()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using var portable = new PortablePacketCipher(key);
        using PacketCipher fastest = PacketCipher.Create(key);
        for (int length = 0; length <= Packet.CiphertextSize; length += length < 300 ? 1 : 91)
        {
            foreach (PacketCipher cipher in (PacketCipher[])[portable, fastest])
                AssertKeystream(key, cipher, (ulong)length * 0x0123_4567_89ab, (ulong)length % 3, length);
        }
    }

    private static void AssertKeystream(byte[] key, PacketCipher cipher, ulong number, ulong block, int length)
    {
        byte[] source = RandomNumberGenerator.GetBytes(length + 7), expected = source[7..], result = new byte[length + 3];
        using Aes aes = Aes.Create();
        aes.Key = key;
        for (int i = 0; i < length; i += 16)
            XorBlock(expected.AsSpan(i), aes.EncryptEcb(Counter(number, block + (ulong)(i / 16)), PaddingMode.None));

        cipher.ApplyKeystream(number, block, source.AsSpan(7), result.AsSpan(3));
        Assert.Equal(expected, result[3..]);
        cipher.ApplyKeystream(number, block, source.AsSpan(7), source.AsSpan(7));
        Assert.Equal(expected, source[7..]);
    }

    private static byte[] Counter(ulong number, ulong block)
    {
        byte[] counter = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(counter, number);
        BinaryPrimitives.WriteUInt64BigEndian(counter.AsSpan(8), block);
        return counter;
    }

    private static void XorBlock(Span<byte> data, byte[] keystream)
    {
        for (int i = 0; i < Math.Min(data.Length, keystream.Length); i++)
            data[i] ^= keystream[i];
    }

    private static void AssertMacs(byte[] key, ulong first, ReadOnlySpan<byte> packets, byte[] macs, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] number = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(number, first + (ulong)i);
            byte[] message = [.. packets.Slice(i * Packet.Size, Packet.CiphertextSize), .. number];
            Assert.Equal(HMACSHA256.HashData(key, message), macs[(i * 32)..((i + 1) * 32)]);
        }
    }
}
