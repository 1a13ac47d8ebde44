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
        foreach (Group14Field field in Fields())
        {
            BigInteger[] factors = [.. Elements(), .. new[] { 28, 52, 112, 532, 1064, 1900, 2000, 2048 }.Select(run => (BigInteger.One << run) - 1)];
            foreach (BigInteger a in factors)
            {
                foreach (BigInteger b in factors)
                    AssertMultiplies(field, a, b);
            }
        }
    }

    [Fact]
    public void A_Montgomery_product_with_a_carry_through_all_limbs_is_right()
    {
        // What leads to results that end in zeros after long runs of ones: c·R, less a little.
        foreach (Group14Field field in Fields())
        {
            BigInteger radix = (BigInteger.One << field.Layout.Bits) % HandshakeTests.Modulus;
            foreach (int run in Enumerable.Range(1, 2040))
                AssertMultiplies(field, radix, (BigInteger.One << run) - (run % 3));
        }
    }

    [Fact]
    public void Every_field_raises_alike()
    {
        byte[] x = RandomNumberGenerator.GetBytes(DiffieHellmanGroup14.ExponentSize), result = new byte[DiffieHellmanGroup14.ElementSize];
        foreach (Group14Exponentiation exponentiation in Fields().Select(field => new Group14Exponentiation(field)))
        {
            exponentiation.Generator.Compute(x, result);
            Assert.Equal(Expected(2, x), result);
            exponentiation.Any.Compute(HandshakeTests.Bytes(3), x, result);
            Assert.Equal(Expected(3, x), result);
        }
    }

    [Fact]
    public void The_range_ends_at_p()
    {
        Assert.True(DiffieHellmanGroup14.IsInRange(HandshakeTests.Bytes(HandshakeTests.Modulus - 1)));
        Assert.False(DiffieHellmanGroup14.IsInRange(HandshakeTests.Bytes(HandshakeTests.Modulus)));
    }

    // Without AVX2 its field is slow, not wrong.
    private static IEnumerable<Group14Field> Fields() => Group14Ifma.IsSupported ? [new Group14Avx2(), new Group14Ifma()] : [new Group14Avx2()];

    private static unsafe void AssertMultiplies(Group14Field field, BigInteger a, BigInteger b)
    {
        ulong* numbers = Group14Field.Allocate((2 * field.Words) + field.ScratchWords), second = numbers + field.Words;
        field.Layout.Read(a.ToByteArray(isUnsigned: true, isBigEndian: true), numbers);
        field.Layout.Read(b.ToByteArray(isUnsigned: true, isBigEndian: true), second);
        field.Multiply(numbers, second, numbers, second + field.Words);
        byte[] bytes = new byte[field.Layout.Bits / 8];
        field.Layout.Write(numbers, bytes);
        Group14Field.Free(numbers);

        BigInteger product = new(bytes, isUnsigned: true, isBigEndian: true), modulus = HandshakeTests.Modulus;
        Assert.Equal(a * b % modulus, (product << field.Layout.Bits) % modulus);
        Assert.True(product <= modulus + ((a * b) >> field.Layout.Bits));
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
