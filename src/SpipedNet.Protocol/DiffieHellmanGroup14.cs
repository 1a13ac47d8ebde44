using System.Security.Cryptography;
using SpipedNet.Protocol.Interop;

namespace SpipedNet.Protocol;

/// <summary>
/// Exponentiation in the 2048-bit MODP group 14 (RFC 3526, section 3), constant-time in the exponent. Exponents are
/// 2^258 + x: the offset, spiped's own, makes their length the same for every x.
/// </summary>
internal static class DiffieHellmanGroup14
{
    /// <summary>Bytes of an element, big-endian and zero-padded.</summary>
    public const int ElementSize = 256;

    /// <summary>Bytes of x, big-endian.</summary>
    public const int ExponentSize = 32;

    // 2^258 is bit 2 of the 33rd byte.
    private const int FullExponentSize = ExponentSize + 1;
    private const byte Offset = 1 << 2;

    private static readonly byte[] Modulus = Convert.FromHexString(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" +
        "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" +
        "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
        "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05" +
        "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB" +
        "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
        "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
        "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF");

    private static readonly MontgomeryModulus Montgomery = new(Modulus);

    /// <summary>Whether a received value, which is public, is below p.</summary>
    public static bool IsInRange(ReadOnlySpan<byte> value) => value.SequenceCompareTo(Modulus) < 0;

    /// <summary>Whether a received value, which is public, is 1: the sender forgoes forward secrecy.</summary>
    public static bool IsOne(ReadOnlySpan<byte> value) => value[^1] == 1 && !value[..^1].ContainsAnyExcept((byte)0);

    /// <summary>Writes 1.</summary>
    public static void WriteOne(Span<byte> value)
    {
        value.Clear();
        value[^1] = 1;
    }

    /// <summary>2^(2^258 + x) mod p.</summary>
    public static void RaiseGenerator(ReadOnlySpan<byte> x, Span<byte> result)
    {
        Span<byte> generator = stackalloc byte[ElementSize];
        generator.Clear();
        generator[^1] = 2;
        Raise(generator, x, result);
    }

    /// <summary>element^(2^258 + x) mod p.</summary>
    public static void Raise(ReadOnlySpan<byte> element, ReadOnlySpan<byte> x, Span<byte> result)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(element.Length, ElementSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, ExponentSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(result.Length, ElementSize);
        Span<byte> exponent = stackalloc byte[FullExponentSize];
        exponent[0] = Offset;
        x.CopyTo(exponent[1..]);
        Montgomery.Power(element, exponent, result);
        CryptographicOperations.ZeroMemory(exponent);
    }
}
