using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol;

/// <summary>
/// Which of a server's secrets a client has. The server's nonce is all that it says before y_C ‖ h_C has come, and h_C is
/// an HMAC with a key made from the secret and the nonces (spiped DESIGN, steps 2 and 3): so the protocol, which has no
/// name for a key, leaves room for many, and no byte on the wire is another for it.
/// </summary>
internal static unsafe class ClientSecret
{
    private const int MostAtOnce = 16;
    private const int SaltBlocksSize = 2 * Sha256.BlockSize;
    private const int ElementBlocksSize = DiffieHellmanGroup14.ElementSize + Sha256.BlockSize;

    /// <summary>
    /// The secret that made the value's MAC; the last of them when none did, whose MAC the caller checks anyway. All are
    /// tried, whichever it is, so that the time tells nothing. 13 blocks of SHA-256 for each, several at once in SIMD lanes.
    /// </summary>
    /// <param name="secrets">At least one.</param>
    /// <param name="nonces">nonce_C ‖ nonce_S.</param>
    /// <param name="value">y_C ‖ h_C, 288 bytes.</param>
    public static int Find(ReadOnlySpan<SharedSecret> secrets, ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> value)
    {
        Span<byte> salt = stackalloc byte[SaltBlocksSize], element = stackalloc byte[ElementBlocksSize];
        WriteBlocks(nonces, value[..DiffieHellmanGroup14.ElementSize], salt, element);
        Span<byte> macs = stackalloc byte[MostAtOnce * HmacSha256.Size];
        ReadOnlySpan<byte> expected = value[DiffieHellmanGroup14.ElementSize..];
        int found = secrets.Length - 1;
        for (int i = 0, taken; i < secrets.Length; i += taken)
        {
            taken = ComputeSome(secrets[i..], salt, element, macs);
            for (int lane = 0; lane < taken; lane++)
            {
                ReadOnlySpan<byte> mac = macs.Slice(lane * HmacSha256.Size, HmacSha256.Size);
                int same = -Convert.ToInt32(CryptographicOperations.FixedTimeEquals(mac, expected));
                found = (found & ~same) | ((i + lane) & same);
            }
        }

        CryptographicOperations.ZeroMemory(macs);
        return found;
    }

    // nonces ‖ 1 (RFC 8018, 5.2: the first block, dhmac_C) and y_C, each padded as what follows a key's block.
    private static void WriteBlocks(ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> element, Span<byte> saltBlocks, Span<byte> elementBlocks)
    {
        nonces.CopyTo(saltBlocks);
        BinaryPrimitives.WriteInt32BigEndian(saltBlocks[nonces.Length..], 1);
        HmacSha256.Pad(saltBlocks[nonces.Length..], sizeof(uint), nonces.Length);
        element.CopyTo(elementBlocks);
        HmacSha256.Pad(elementBlocks[element.Length..], 0, element.Length);
    }

    private static int ComputeSome(ReadOnlySpan<SharedSecret> secrets, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> element, Span<byte> macs)
    {
        fixed (byte* saltBlocks = salt, elementBlocks = element, mac = macs)
        {
            if (PacketMac.Has16Lanes && secrets.Length >= PacketMac.Least16)
            {
                int taken = Math.Min(secrets.Length, Sha256Lanes16.Count);
                ClientSecretLanes<Vector512<uint>, Sha256Lanes16>.Compute(secrets[..taken], saltBlocks, elementBlocks, mac);
                return taken;
            }

            if (PacketMac.Has8Lanes && secrets.Length >= PacketMac.Least8)
            {
                int taken = Math.Min(secrets.Length, Sha256Lanes8.Count);
                ClientSecretLanes<Vector256<uint>, Sha256Lanes8>.Compute(secrets[..taken], saltBlocks, elementBlocks, mac);
                return taken;
            }
        }

        ComputeOne(secrets[0], salt, element, macs[..HmacSha256.Size]);
        return 1;
    }

    private static void ComputeOne(SharedSecret secret, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> element, Span<byte> mac)
    {
        Span<Sha256State> states = stackalloc Sha256State[2];
        HmacSha256.Prepare(secret.Key, states);
        HmacSha256.Compute(states, salt[..Sha256.BlockSize], salt.Slice(Sha256.BlockSize, sizeof(uint)), mac);
        HmacSha256.Prepare(mac, states);
        HmacSha256.Compute(states, element[..DiffieHellmanGroup14.ElementSize], [], mac);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(states));
    }
}
