using System.Buffers.Binary;

namespace SpipedNet.Protocol;

/// <summary>
/// Makes a direction's packets, numbered from 0. Owns its keys and zeroes them when disposed.
/// Not for use by two threads at a time.
/// </summary>
public sealed class PacketSealer : IDisposable
{
    private readonly DirectionKeys _keys;
    private ulong _number;

    internal PacketSealer(ReadOnlySpan<byte> keys) => _keys = new DirectionKeys(keys);

    internal ReadOnlySpan<byte> Remains => _keys.Remains;

    /// <summary>Seals all of <paramref name="payload"/>; the last packet takes what is left over.</summary>
    /// <param name="payload">Any length; nothing for 0 bytes.</param>
    /// <param name="destination">Room for <see cref="Packet.CountFor"/> packets; must not overlap the payload.</param>
    /// <returns>The bytes written: <see cref="Packet.Size"/> for each packet.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int Seal(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        int count = Packet.CountFor(payload.Length);
        if (destination.Length / Packet.Size < count)
            throw new ArgumentException($"{count} packets do not fit into {destination.Length} bytes.", nameof(destination));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> chunk = payload[(i * Packet.MaxPayload)..];
            SealOne(chunk[..Math.Min(chunk.Length, Packet.MaxPayload)], destination.Slice(i * Packet.Size, Packet.Size));
        }
        return count * Packet.Size;
    }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose() => _keys.Dispose();

    private void SealOne(ReadOnlySpan<byte> payload, Span<byte> packet)
    {
        Span<byte> text = packet[..Packet.CiphertextSize];
        payload.CopyTo(text);
        text[payload.Length..Packet.MaxPayload].Clear();
        BinaryPrimitives.WriteInt32BigEndian(text[Packet.MaxPayload..], payload.Length);
        _keys.ApplyKeystream(_number, text);
        _keys.ComputeMac(_number, text, packet[Packet.CiphertextSize..]);
        _number++;
    }
}
