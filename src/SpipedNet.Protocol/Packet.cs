namespace SpipedNet.Protocol;

/// <summary>
/// The shape of a packet on the wire (spiped DESIGN, "Transport"): AES-256-CTR of 1024 bytes of zero-padded payload
/// and its length as a big-endian uint32, then HMAC-SHA256 of that ciphertext and the packet's number.
/// </summary>
public static class Packet
{
    /// <summary>Bytes of a packet on the wire, whatever it carries.</summary>
    public const int Size = CiphertextSize + MacSize;

    /// <summary>Most payload bytes in one packet; the least is 1.</summary>
    public const int MaxPayload = 1024;

    /// <summary>Bytes of the HMAC-SHA256 that ends a packet.</summary>
    public const int MacSize = 32;

    internal const int LengthSize = sizeof(uint);

    // The length is the 65th block of the keystream.
    internal const ulong LengthBlock = MaxPayload / 16;

    internal const int CiphertextSize = MaxPayload + LengthSize;

    /// <summary>How many packets carry <paramref name="payloadLength"/> bytes: none for 0.</summary>
    public static int CountFor(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        return payloadLength / MaxPayload + (payloadLength % MaxPayload == 0 ? 0 : 1);
    }
}
