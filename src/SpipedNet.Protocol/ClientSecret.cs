using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// Which of a server's secrets a client has. The server's nonce is all that it says before y_C ‖ h_C has come, and h_C is
/// an HMAC with a key made from the secret and the nonces (spiped DESIGN, steps 2 and 3): so the protocol, which has no
/// name for a key, leaves room for many, and no byte on the wire is another for it.
/// </summary>
internal static class ClientSecret
{
    /// <summary>
    /// The secret that made the value's MAC; the last of them when none did, whose MAC the caller checks anyway. All are
    /// tried, whichever it is, so that the time tells nothing. 13 blocks of SHA-256 for each.
    /// </summary>
    /// <param name="secrets">At least one.</param>
    /// <param name="nonces">nonce_C ‖ nonce_S.</param>
    /// <param name="value">y_C ‖ h_C, 288 bytes.</param>
    public static int Find(ReadOnlySpan<SharedSecret> secrets, ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> value)
    {
        Span<Sha256State> states = stackalloc Sha256State[2];
        Span<byte> mac = stackalloc byte[HmacSha256.Size];
        Span<byte> firstBlock = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(firstBlock, 1);
        ReadOnlySpan<byte> element = value[..DiffieHellmanGroup14.ElementSize], expected = value[DiffieHellmanGroup14.ElementSize..];
        int found = secrets.Length - 1;
        for (int i = 0; i < secrets.Length; i++)
        {
            // dhmac_C, the first block of dk1, then h_C.
            HmacSha256.Prepare(secrets[i].Key, states);
            HmacSha256.Compute(states, nonces, firstBlock, mac);
            HmacSha256.Prepare(mac, states);
            HmacSha256.Compute(states, element, [], mac);
            int same = -Convert.ToInt32(CryptographicOperations.FixedTimeEquals(mac, expected));
            found = (found & ~same) | (i & same);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(states));
        CryptographicOperations.ZeroMemory(mac);
        return found;
    }
}
