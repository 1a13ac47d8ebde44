using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// K, the secret that both ends of a tunnel share: the SHA-256 of the whole key file, of whatever length
/// (spiped proto_crypt.c, proto_crypt_secret).
/// </summary>
public sealed class SharedSecret : IDisposable
{
    /// <summary>Bytes of K.</summary>
    public const int Size = 32;

    private const int FingerprintSize = 4;

    private readonly SecretMemory _key = new(Size);

    private SharedSecret()
    {
    }

    /// <summary>The first 8 hex digits of SHA-256(K): enough for people to compare, useless for finding K.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Key)[..FingerprintSize]);

    internal ReadOnlySpan<byte> Key => _key.Span;

    /// <summary>K from the contents of a key file.</summary>
    public static SharedSecret FromKeyMaterial(ReadOnlySpan<byte> keyFileContents)
    {
        var secret = new SharedSecret();
        SHA256.HashData(keyFileContents, secret._key.Span);
        return secret;
    }

    /// <summary>K itself, for callers that have hashed a stream. The 32 bytes are copied; the caller zeroes its own.</summary>
    public static SharedSecret FromDigest(ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, Size);
        var secret = new SharedSecret();
        digest.CopyTo(secret._key.Span);
        return secret;
    }

    /// <summary>Zeroes K.</summary>
    public void Dispose() => _key.Dispose();
}
