using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// Verifies and decrypts a direction's packets, numbered from 0. Owns its keys and zeroes them when disposed.
/// Not for use by two threads at a time.
/// </summary>
public sealed class PacketOpener : IDisposable
{
    private readonly DirectionKeys _keys;
    private ulong _number;
    private OpenStatus _status = OpenStatus.Opened;

    internal PacketOpener(ReadOnlySpan<byte> keys) => _keys = new DirectionKeys(keys);

    internal ReadOnlySpan<byte> Remains => _keys.Remains;

    /// <summary>
    /// Opens whole packets, in order. At a bad one it stops: nothing of it or of what follows is released, and every
    /// later call answers the same with length 0.
    /// </summary>
    /// <param name="packets">A multiple of <see cref="Packet.Size"/> bytes; may be overwritten.</param>
    /// <param name="destination">Takes the payloads, one after another: 1024 bytes for each packet, either the start
    /// of <paramref name="packets"/> itself or disjoint from it.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public OpenResult Open(Span<byte> packets, Span<byte> destination)
    {
        if (packets.Length % Packet.Size != 0)
            throw new ArgumentException($"{packets.Length} bytes are no whole number of packets.", nameof(packets));
        int count = packets.Length / Packet.Size;
        if (destination.Length / Packet.MaxPayload < count)
            throw new ArgumentException($"{count} payloads may not fit into {destination.Length} bytes.", nameof(destination));
        int length = 0;
        for (int i = 0; i < count && _status == OpenStatus.Opened; i++)
            length += OpenOne(packets.Slice(i * Packet.Size, Packet.Size), destination[length..]);
        return new OpenResult(_status, length);
    }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose() => _keys.Dispose();

    private int OpenOne(Span<byte> packet, Span<byte> destination)
    {
        Span<byte> text = packet[..Packet.CiphertextSize];
        Span<byte> mac = stackalloc byte[Packet.MacSize];
        _keys.ComputeMac(_number, text, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, packet[Packet.CiphertextSize..]))
        {
            _status = OpenStatus.BadMac;
            return 0;
        }
        _keys.ApplyKeystream(_number, text);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(text[Packet.MaxPayload..]);
        if (length is 0 or > Packet.MaxPayload)
        {
            _status = OpenStatus.BadLength;
            return 0;
        }
        text[..(int)length].CopyTo(destination);
        _number++;
        return (int)length;
    }
}
