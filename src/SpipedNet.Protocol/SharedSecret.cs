using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// K, the secret that both ends of a tunnel share: the SHA-256 of the key file (spiped DESIGN, "Secrets").
/// Owns its memory and zeroes it when disposed; handshakes borrow it.
/// </summary>
public sealed class SharedSecret : IDisposable
{
    /// <summary>Bytes in K.</summary>
    public const int Size = 32;

    private readonly SecretMemory _key;

    private SharedSecret(SecretMemory key)
    {
        _key = key;
        _key.Lock();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key.Span, digest);
        Fingerprint = Convert.ToHexStringLower(digest[..4]);
    }

    /// <summary>The first 8 hex digits, in lower case, of SHA-256(K): names the key in logs without revealing it.</summary>
    public string Fingerprint { get; }

    internal ReadOnlySpan<byte> Key => _key.Span;

    internal ReadOnlySpan<byte> Remains => _key.Remains;

    /// <summary>K = SHA-256 of the whole key file, of any length, also empty.</summary>
    public static SharedSecret FromKeyMaterial(ReadOnlySpan<byte> keyFileContents)
    {
        var key = new SecretMemory(Size);
        SHA256.HashData(keyFileContents, key.Span);
        return new SharedSecret(key);
    }

    /// <summary>K from the SHA-256 of a key file that was hashed as a stream.</summary>
    /// <param name="digest">32 bytes; copied, the caller zeroes its own.</param>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is not 32 bytes long.</exception>
    public static SharedSecret FromDigest(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Size)
            throw new ArgumentException($"A SHA-256 digest has {Size} bytes, not {digest.Length}.", nameof(digest));
        return new SharedSecret(SecretMemory.CopyOf(digest));
    }

    /// <summary>Whether the other is the same K; in constant time.</summary>
    public bool IsSame(SharedSecret other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(Key, other.Key);
    }

    /// <summary>Zeroes K. Handshakes that use it must have ended.</summary>
    public void Dispose() => _key.Dispose();
}
