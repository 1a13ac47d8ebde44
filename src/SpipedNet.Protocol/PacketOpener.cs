using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>What opening packets came to.</summary>
public enum OpenStatus
{
    /// <summary>All were opened.</summary>
    Opened,

    /// <summary>A packet's MAC is wrong: it was forged, damaged, repeated, or is out of order.</summary>
    BadMac,

    /// <summary>A packet with a good MAC says that it carries no payload, or more than it can.</summary>
    BadLength,
}

/// <param name="Status">Whether all packets were good.</param>
/// <param name="Length">Payload bytes written: those of the packets before the first bad one.</param>
public readonly record struct OpenResult(OpenStatus Status, int Length);

/// <summary>Turns the packets of one direction into payload. Not thread-safe.</summary>
public sealed class PacketOpener
{
    private readonly PacketKeys _keys;
    private OpenStatus _refusal = OpenStatus.Opened;

    internal PacketOpener(PacketKeys keys) => _keys = keys;

    /// <summary>
    /// Verifies and decrypts packets in order. Nothing of a bad packet, or of what follows it, is written; after one, all
    /// are refused.
    /// </summary>
    /// <param name="packets">Whole packets; decrypted in place.</param>
    /// <param name="destination">Room for <see cref="Packet.MaxPayload"/> bytes a packet; may start where the packets do, else must not overlap them.</param>
    public OpenResult Open(Span<byte> packets, Span<byte> destination)
    {
        if (packets.Length % Packet.Size != 0)
            throw new ArgumentException("Only whole packets can be opened.", nameof(packets));
        int written = 0;
        for (; packets.Length > 0 && _refusal == OpenStatus.Opened; packets = packets[Packet.Size..])
            written += OpenOne(packets[..Packet.Size], destination[written..]);
        return new OpenResult(_refusal, written);
    }

    private int OpenOne(Span<byte> packet, Span<byte> destination)
    {
        ulong number = _keys.Number++;
        Span<byte> ciphertext = packet[..Packet.CiphertextSize];
        Span<byte> mac = stackalloc byte[Packet.MacSize];
        _keys.ComputeMac(number, ciphertext, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, packet[Packet.CiphertextSize..]))
        {
            _refusal = OpenStatus.BadMac;
            return 0;
        }

        _keys.ApplyKeystream(number, ciphertext);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(ciphertext[Packet.MaxPayload..]);
        if (length is 0 or > Packet.MaxPayload)
        {
            _refusal = OpenStatus.BadLength;
            return 0;
        }

        ciphertext[..(int)length].CopyTo(destination);
        return (int)length;
    }
}
