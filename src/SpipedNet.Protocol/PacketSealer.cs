using System.Buffers.Binary;

namespace SpipedNet.Protocol;

/// <summary>Turns payload into the packets of one direction. Not thread-safe.</summary>
public sealed class PacketSealer
{
    private readonly PacketKeys _keys;

    internal PacketSealer(PacketKeys keys) => _keys = keys;

    /// <summary>Seals all of the payload: full packets, and the rest in a last one.</summary>
    /// <param name="payload">Any length; 0 makes no packet.</param>
    /// <param name="destination">At least <see cref="Packet.CountFor"/> packets long; must not overlap the payload.</param>
    /// <returns>The bytes written: a multiple of <see cref="Packet.Size"/>.</returns>
    public int Seal(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        int written = 0;
        while (payload.Length > 0)
        {
            int length = Math.Min(payload.Length, Packet.MaxPayload);
            SealOne(payload[..length], destination.Slice(written, Packet.Size));
            payload = payload[length..];
            written += Packet.Size;
        }

        return written;
    }

    private void SealOne(ReadOnlySpan<byte> payload, Span<byte> packet)
    {
        ulong number = _keys.Number++;
        Span<byte> ciphertext = packet[..Packet.CiphertextSize];
        payload.CopyTo(ciphertext);
        ciphertext[payload.Length..Packet.MaxPayload].Clear();
        BinaryPrimitives.WriteInt32BigEndian(ciphertext[Packet.MaxPayload..], payload.Length);
        _keys.ApplyKeystream(number, ciphertext);
        _keys.ComputeMac(number, ciphertext, packet[Packet.CiphertextSize..]);
    }
}
