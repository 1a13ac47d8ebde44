using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// The two derivations of spiped's handshake (DESIGN, steps 2 and 5): PBKDF2-HMAC-SHA256 (RFC 8018, 5.2) with one
/// iteration, which is the HMAC of the salt and each block's number. What comes out is the client's half, then the
/// server's.
/// </summary>
internal static class KeySchedule
{
    /// <summary>Bytes of dhmac_C ‖ dhmac_S.</summary>
    public const int ValueMacKeysSize = 2 * HmacSha256.Size;

    /// <summary>Bytes of E_C ‖ H_C ‖ E_S ‖ H_S.</summary>
    public const int SessionKeysSize = 4 * HmacSha256.Size;

    private const int NoncesSize = 2 * Handshake.NonceSize;

    /// <summary>dk1: the keys that authenticate the Diffie-Hellman values.</summary>
    public static void DeriveValueMacKeys(SharedSecret secret, ReadOnlySpan<byte> nonces, Span<byte> keys) =>
        DeriveBlocks(secret, nonces, keys[..ValueMacKeysSize]);

    /// <summary>dk2: the keys of the session's packets, each direction an AES-256 key and an HMAC key.</summary>
    public static void DeriveSessionKeys(
        SharedSecret secret, ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> sharedValue, Span<byte> keys)
    {
        Span<byte> salt = stackalloc byte[NoncesSize + DiffieHellmanGroup14.ElementSize];
        nonces.CopyTo(salt);
        sharedValue.CopyTo(salt[NoncesSize..]);
        DeriveBlocks(secret, salt, keys[..SessionKeysSize]);
        CryptographicOperations.ZeroMemory(salt);
    }

    private static void DeriveBlocks(SharedSecret secret, ReadOnlySpan<byte> salt, Span<byte> keys)
    {
        using var hmac = new HmacSha256(secret.Key);
        Span<byte> number = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < keys.Length / HmacSha256.Size; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, i + 1);
            hmac.Compute(salt, number, keys.Slice(i * HmacSha256.Size, HmacSha256.Size));
        }
    }
}
