using System.Numerics;
using System.Security.Cryptography;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol.Tests;

/// <summary>Exponentiation beside BigInteger's, which is slow and gives its exponents away, but is right.</summary>
public sealed class DiffieHellmanTests
{
    private const int RandomCases = 40;

    public static TheoryData<string> Exponents => [.. EdgeExponents().Concat(Random(RandomCases)).Select(Convert.ToHexString)];

    [Theory]
    [MemberData(nameof(Exponents))]
    public void The_generator_is_raised_as_BigInteger_does(string exponent)
    {
        byte[] x = Convert.FromHexString(exponent), result = new byte[DiffieHellmanGroup14.ElementSize];
        DiffieHellmanGroup14.RaiseGenerator(x, result);
        Assert.Equal(Expected(2, x), result);
    }

    [Theory]
    [MemberData(nameof(Exponents))]
    public void Any_element_is_raised_as_BigInteger_does(string exponent)
    {
        byte[] x = Convert.FromHexString(exponent), result = new byte[DiffieHellmanGroup14.ElementSize];
        foreach (BigInteger element in Elements())
        {
            DiffieHellmanGroup14.Raise(HandshakeTests.Bytes(element), x, result);
            Assert.Equal(Expected(element, x), result);
        }
    }

    [Fact]
    public void The_path_without_AVX2_agrees()
    {
        byte[] result = new byte[DiffieHellmanGroup14.ElementSize];
        foreach (byte[] x in EdgeExponents())
        {
            DiffieHellmanGroup14.RaiseByLibCrypto(HandshakeTests.Bytes(3), x, result);
            Assert.Equal(Expected(3, x), result);
        }
    }

    [Fact]
    public void A_Montgomery_product_of_numbers_made_of_ones_and_zeros_carries_rightly()
    {
        // Long runs of ones make the longest carries; squares of such numbers reach every column's bound.
        byte[] result = new byte[DiffieHellmanGroup14.ElementSize];
        foreach (int run in (int[])[28, 56, 112, 532, 1064, 1900, 2000, 2047])
        {
            BigInteger element = (BigInteger.One << run) - 1;
            byte[] x = [.. Enumerable.Repeat((byte)0xff, 32)];
            DiffieHellmanGroup14.Raise(HandshakeTests.Bytes(element), x, result);
            Assert.Equal(Expected(element, x), result);
        }
    }

    [Fact]
    public void The_range_ends_at_p()
    {
        Assert.True(DiffieHellmanGroup14.IsInRange(HandshakeTests.Bytes(HandshakeTests.Modulus - 1)));
        Assert.False(DiffieHellmanGroup14.IsInRange(HandshakeTests.Bytes(HandshakeTests.Modulus)));
    }

    private static byte[] Expected(BigInteger element, byte[] x)
    {
        BigInteger exponent = BigInteger.Pow(2, 258) + new BigInteger(x, isUnsigned: true, isBigEndian: true);
        return HandshakeTests.Bytes(BigInteger.ModPow(element, exponent, HandshakeTests.Modulus));
    }

    private static IEnumerable<BigInteger> Elements()
    {
        BigInteger p = HandshakeTests.Modulus;
        var random = new BigInteger(RandomNumberGenerator.GetBytes(DiffieHellmanGroup14.ElementSize), isUnsigned: true);
        return [0, 1, 2, p - 1, p - 2, p / 2, random % p];
    }

    private static IEnumerable<byte[]> EdgeExponents() =>
    [
        new byte[32],
        [.. new byte[31], 1],
        [.. Enumerable.Repeat((byte)0xff, 32)],
        [0x80, .. new byte[31]],
        [.. Enumerable.Repeat((byte)0x55, 32)],
        [.. Enumerable.Repeat((byte)0xaa, 32)],
    ];

    private static IEnumerable<byte[]> Random(int count) =>
        Enumerable.Range(0, count).Select(_ => RandomNumberGenerator.GetBytes(DiffieHellmanGroup14.ExponentSize));
}
