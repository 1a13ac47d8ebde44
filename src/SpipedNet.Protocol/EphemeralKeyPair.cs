using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// One handshake's x and y = 2^(2^258 + x) mod p; y = 1 for an end that forgoes forward secrecy. Used once, then zeroed.
/// </summary>
internal sealed class EphemeralKeyPair : IDisposable
{
    private readonly SecretMemory? _exponent;
    private readonly byte[] _value = new byte[DiffieHellmanGroup14.ElementSize];

    private EphemeralKeyPair(SecretMemory? exponent) => _exponent = exponent;

    /// <summary>y, big-endian.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>A random pair. Costs an exponentiation.</summary>
    public static EphemeralKeyPair Generate()
    {
        Span<byte> random = stackalloc byte[DiffieHellmanGroup14.ExponentSize];
        RandomNumberGenerator.Fill(random);
        EphemeralKeyPair pair = FromExponent(random);
        CryptographicOperations.ZeroMemory(random);
        return pair;
    }

    /// <summary>The pair of a given x of 32 bytes, big-endian.</summary>
    public static EphemeralKeyPair FromExponent(ReadOnlySpan<byte> exponent)
    {
        var pair = new EphemeralKeyPair(new SecretMemory(DiffieHellmanGroup14.ExponentSize));
        exponent.CopyTo(pair._exponent!.Span);
        DiffieHellmanGroup14.PowerOfGenerator(exponent, pair._value);
        return pair;
    }

    /// <summary>The pair of an end that forgoes forward secrecy (<c>-f</c>).</summary>
    public static EphemeralKeyPair Weak()
    {
        var pair = new EphemeralKeyPair(null);
        pair._value[^1] = 1;
        return pair;
    }

    /// <summary>y_SC from the peer's y (256 bytes, below p): 1 for a weak pair, else peer^(2^258 + x) mod p. Costs an exponentiation.</summary>
    public void Agree(ReadOnlySpan<byte> peerValue, Span<byte> agreed)
    {
        if (_exponent is null)
            _value.CopyTo(agreed);
        else
            DiffieHellmanGroup14.Power(peerValue, _exponent.Span, agreed);
    }

    /// <summary>Zeroes x.</summary>
    public void Dispose() => _exponent?.Dispose();
}
