using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// One handshake's own Diffie-Hellman pair: x, 256 random bits, and y = 2^(2^258 + x) mod p (spiped DESIGN, step 3).
/// Used once; disposing it zeroes x.
/// </summary>
internal sealed class EphemeralKeyPair : IDisposable
{
    private readonly SecretMemory _privateValue;
    private readonly byte[] _publicValue = new byte[DiffieHellmanGroup14.ElementSize];

    private EphemeralKeyPair(SecretMemory privateValue)
    {
        _privateValue = privateValue;
        DiffieHellmanGroup14.RaiseGenerator(privateValue.Span, _publicValue);
    }

    /// <summary>y, 256 bytes, big-endian.</summary>
    public ReadOnlySpan<byte> PublicValue => _publicValue;

    internal ReadOnlySpan<byte> Remains => _privateValue.Remains;

    /// <summary>A fresh pair; costs an exponentiation.</summary>
    public static EphemeralKeyPair Generate()
    {
        var privateValue = new SecretMemory(DiffieHellmanGroup14.ExponentSize);
        RandomNumberGenerator.Fill(privateValue.Span);
        return new EphemeralKeyPair(privateValue);
    }

    /// <summary>The pair of a known x (32 bytes, big-endian, copied): for known answers.</summary>
    public static EphemeralKeyPair FromPrivateValue(ReadOnlySpan<byte> privateValue) =>
        new(SecretMemory.CopyOf(privateValue));

    /// <summary>The value that both ends share, y_peer^(2^258 + x) mod p; costs an exponentiation.</summary>
    public void ComputeSharedValue(ReadOnlySpan<byte> peerValue, Span<byte> sharedValue) =>
        DiffieHellmanGroup14.Raise(peerValue, _privateValue.Span, sharedValue);

    public void Dispose() => _privateValue.Dispose();
}
