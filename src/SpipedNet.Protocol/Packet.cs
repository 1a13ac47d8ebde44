namespace SpipedNet.Protocol;

/// <summary>
/// The sizes of a packet: AES-256-CTR(payload ‖ zeros to 1024 ‖ length as big-endian uint32) ‖ HMAC-SHA256 of that and of
/// the packet number (spiped DESIGN, "Encrypted packets").
/// </summary>
public static class Packet
{
    /// <summary>Bytes of a packet on the wire.</summary>
    public const int Size = CiphertextSize + MacSize;

    /// <summary>Bytes of payload that a packet carries at most; it carries at least one.</summary>
    public const int MaxPayload = 1024;

    internal const int LengthSize = 4;
    internal const int CiphertextSize = MaxPayload + LengthSize;
    internal const int MacSize = 32;

    /// <summary>How many packets a payload of this many bytes takes.</summary>
    public static int CountFor(int payloadLength) => (payloadLength + MaxPayload - 1) / MaxPayload;
}
