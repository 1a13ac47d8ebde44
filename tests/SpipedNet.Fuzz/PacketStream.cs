using System.Buffers.Binary;
using System.Security.Cryptography;
using SpipedNet.Protocol;

namespace SpipedNet.Fuzz;

/// <summary>
/// Packets of one direction, changed, repeated, dropped, swapped or forged with the key as an input says, and what of them an
/// end may let through: the payload of those before the first that is not the next of the sealer's.
/// </summary>
internal sealed class PacketStream
{
    /// <summary>The most that there are.</summary>
    public const int MostPackets = 40;

    private readonly byte[] _packets = new byte[MostPackets * Packet.Size];
    private readonly byte[] _payload = new byte[MostPackets * Packet.MaxPayload];
    private readonly int[] _lengths = new int[MostPackets];

    /// <summary>The keys of both ends.</summary>
    public static byte[] Keys { get; } = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];

    /// <summary>How many packets there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many at the start are still the sealer's, in its order.</summary>
    public int Good { get; private set; }

    /// <summary>All packets; an end may overwrite them.</summary>
    public Span<byte> Wire => _packets.AsSpan(0, Count * Packet.Size);

    /// <summary>What an end lets through of this many packets.</summary>
    public ReadOnlySpan<byte> PayloadOf(int count) => _payload.AsSpan(0, _lengths.Take(Math.Min(count, Good)).Sum());

    /// <summary>Makes the next stream.</summary>
    public void Make(ref InputReader reader)
    {
        Count = reader.Below(MostPackets) + 1;
        Seal(ref reader);
        Good = Change(ref reader);
    }

    // One seal a packet, of 1 to 1024 bytes.
    private void Seal(ref InputReader reader)
    {
        using var sealer = new PacketSealer(Keys);
        for (int i = 0, at = 0; i < Count; at += _lengths[i++])
        {
            _lengths[i] = reader.Below(Packet.MaxPayload) + 1;
            _payload.AsSpan(at, _lengths[i]).Fill(reader.Byte());
            _payload[at] = (byte)i;
            sealer.Seal(_payload.AsSpan(at, _lengths[i]), _packets.AsSpan(i * Packet.Size));
        }
    }

    private int Change(ref InputReader reader)
    {
        int packet = reader.Below(Count);
        Span<byte> chosen = PacketAt(packet);
        switch (reader.Byte() % 8)
        {
            case 1: // a bit
                chosen[reader.Below(Packet.Size)] ^= (byte)(1 << (reader.Byte() % 8));
                return packet;
            case 2 when packet + 1 < Count: // dropped
                Wire[((packet + 1) * Packet.Size)..].CopyTo(Wire[(packet * Packet.Size)..]);
                Count--;
                return packet;
            case 3 when packet > 0: // the one before, again
                PacketAt(packet - 1).CopyTo(chosen);
                return packet;
            case 4: // bytes of the input
                ReadOnlySpan<byte> bytes = reader.Bytes(Packet.Size);
                bool isSame = chosen.StartsWith(bytes);
                bytes.CopyTo(chosen);
                return isSame ? Count : packet;
            case 5: // ciphertext of one, MAC of another
                Span<byte> mac = PacketAt(reader.Below(Count))[Packet.CiphertextSize..];
                bool isOwn = chosen[Packet.CiphertextSize..].SequenceEqual(mac);
                mac.CopyTo(chosen[Packet.CiphertextSize..]);
                return isOwn ? Count : packet;
            case 6: // authentic, with a length that no sealer writes
                uint length = BinaryPrimitives.ReadUInt32BigEndian([reader.Byte(), reader.Byte(), reader.Byte(), reader.Byte()]);
                ForgeLength(chosen, packet, length is > 0 and <= Packet.MaxPayload ? ~length : length);
                return packet;
            case 7: // authentic, with a padding that no sealer writes and no opener, spiped's neither, looks at
                chosen[_lengths[packet]..Packet.MaxPayload].Fill(reader.Byte());
                Authenticate(chosen, packet);
                return Count;
            default:
                return Count;
        }
    }

    private Span<byte> PacketAt(int number) => _packets.AsSpan(number * Packet.Size, Packet.Size);

    // A keystream is added to the length, so the difference of two is added to the packet.
    private void ForgeLength(Span<byte> packet, int number, uint length)
    {
        Span<byte> field = packet[Packet.MaxPayload..Packet.CiphertextSize];
        uint difference = length ^ (uint)_lengths[number];
        BinaryPrimitives.WriteUInt32BigEndian(field, BinaryPrimitives.ReadUInt32BigEndian(field) ^ difference);
        Authenticate(packet, number);
    }

    private static void Authenticate(Span<byte> packet, int number)
    {
        Span<byte> covered = stackalloc byte[Packet.CiphertextSize + sizeof(ulong)];
        packet[..Packet.CiphertextSize].CopyTo(covered);
        BinaryPrimitives.WriteUInt64BigEndian(covered[Packet.CiphertextSize..], (ulong)number);
        HMACSHA256.HashData(Keys.AsSpan(Keys.Length / 2), covered, packet[Packet.CiphertextSize..]);
    }
}
