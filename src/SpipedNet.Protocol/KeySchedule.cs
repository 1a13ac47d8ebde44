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
    public const int ValueMacKeysSize = 2 * HMACSHA256.HashSizeInBytes;

    /// <summary>Bytes of E_C ‖ H_C ‖ E_S ‖ H_S.</summary>
    public const int SessionKeysSize = 4 * HMACSHA256.HashSizeInBytes;

    private const int NoncesSize = 2 * Handshake.NonceSize;

    /// <summary>dk1: the keys that authenticate the Diffie-Hellman values.</summary>
    public static void DeriveValueMacKeys(SharedSecret secret, ReadOnlySpan<byte> nonces, Span<byte> keys)
    {
        Span<byte> block = stackalloc byte[NoncesSize + sizeof(uint)];
        nonces.CopyTo(block);
        DeriveBlocks(secret, block, keys[..ValueMacKeysSize]);
    }

    /// <summary>dk2: the keys of the session's packets, each direction an AES-256 key and an HMAC key.</summary>
    public static void DeriveSessionKeys(
        SharedSecret secret, ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> sharedValue, Span<byte> keys)
    {
        Span<byte> block = stackalloc byte[NoncesSize + DiffieHellmanGroup14.ElementSize + sizeof(uint)];
        nonces.CopyTo(block);
        sharedValue.CopyTo(block[NoncesSize..]);
        DeriveBlocks(secret, block, keys[..SessionKeysSize]);
        CryptographicOperations.ZeroMemory(block);
    }

    // The block ends in room for its number.
    private static void DeriveBlocks(SharedSecret secret, Span<byte> block, Span<byte> keys)
    {
        for (int number = 1; !keys.IsEmpty; number++)
        {
            BinaryPrimitives.WriteInt32BigEndian(block[^sizeof(uint)..], number);
            HMACSHA256.HashData(secret.Key, block, keys);
            keys = keys[HMACSHA256.HashSizeInBytes..];
        }
    }
}
