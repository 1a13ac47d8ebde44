using System.Buffers.Binary;
using System.Security.Cryptography;
using SpipedNet.Protocol;

namespace SpipedNet.Fuzz.Targets;

/// <summary>
/// Packets of one direction, changed, repeated, dropped, swapped or forged with the key as the input says, in batches as it
/// says: the opener releases exactly the payload of those before the first that is not the next of the sealer's, and nothing ever after.
/// </summary>
internal sealed class OpenerTarget : FuzzTarget
{
    private const int MostPackets = 40;

    private static readonly byte[] Keys = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];

    private readonly byte[] _sealed = new byte[MostPackets * Packet.Size];
    private readonly byte[] _payload = new byte[MostPackets * Packet.MaxPayload];
    private readonly byte[] _opened = new byte[MostPackets * Packet.MaxPayload];
    private long _packets;
    private long _bad;

    public override string Name => "opener";

    public override string Counts => $"{_packets} packets, a bad one in {_bad} streams";

    public override void Try(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        int count = reader.Below(MostPackets) + 1;
        int[] lengths = Seal(ref reader, count);
        int good = Change(ref reader, ref count);
        int expected = lengths.Take(good).Sum();
        _packets += count;
        _bad += good < count ? 1 : 0;

        using var opener = new PacketOpener(Keys);
        int length = 0;
        OpenStatus status = OpenStatus.Opened;
        for (int at = 0; at < count;)
        {
            int batch = Math.Min(count - at, reader.Below(20) + 1);
            OpenResult result = opener.Open(_sealed.AsSpan(at * Packet.Size, batch * Packet.Size), _opened.AsSpan(length));
            Require(status == OpenStatus.Opened || (result.Status == status && result.Length == 0), "a stream that was bad stays so");
            (status, length, at) = (result.Status, length + result.Length, at + batch);
        }

        Require(length == expected, $"{expected} bytes were authentic, {length} were released");
        Require(_opened.AsSpan(0, length).SequenceEqual(_payload.AsSpan(0, expected)), "what is released is what was sealed");
        Require((status == OpenStatus.Opened) == (good == count), "a bad packet is told");
    }

    // One seal a packet, of 1 to 1024 bytes.
    private int[] Seal(ref InputReader reader, int count)
    {
        using var sealer = new PacketSealer(Keys);
        int[] lengths = new int[count];
        for (int i = 0, at = 0; i < count; at += lengths[i++])
        {
            lengths[i] = reader.Below(Packet.MaxPayload) + 1;
            _payload.AsSpan(at, lengths[i]).Fill(reader.Byte());
            _payload[at] = (byte)i;
            sealer.Seal(_payload.AsSpan(at, lengths[i]), _sealed.AsSpan(i * Packet.Size));
        }

        return lengths;
    }

    // How many at the start are still the sealer's, in its order.
    private int Change(ref InputReader reader, ref int count)
    {
        int packet = reader.Below(count);
        Span<byte> all = _sealed.AsSpan(0, count * Packet.Size);
        Span<byte> chosen = all.Slice(packet * Packet.Size, Packet.Size);
        switch (reader.Byte() % 7)
        {
            case 1: // a bit
                chosen[reader.Below(Packet.Size)] ^= (byte)(1 << (reader.Byte() % 8));
                return packet;
            case 2 when packet + 1 < count: // dropped
                all[((packet + 1) * Packet.Size)..].CopyTo(all[(packet * Packet.Size)..]);
                count--;
                return packet;
            case 3 when packet > 0: // the one before, again
                all.Slice((packet - 1) * Packet.Size, Packet.Size).CopyTo(chosen);
                return packet;
            case 4: // bytes of the input
                ReadOnlySpan<byte> bytes = reader.Bytes(Packet.Size);
                bool isSame = chosen.StartsWith(bytes);
                bytes.CopyTo(chosen);
                return isSame ? count : packet;
            case 5: // ciphertext of one, MAC of another
                Span<byte> mac = all.Slice((reader.Below(count) * Packet.Size) + Packet.CiphertextSize, Packet.MacSize);
                bool isOwn = chosen[Packet.CiphertextSize..].SequenceEqual(mac);
                mac.CopyTo(chosen[Packet.CiphertextSize..]);
                return isOwn ? count : packet;
            case 6: // authentic, with a length that no sealer writes
                uint length = BinaryPrimitives.ReadUInt32BigEndian([reader.Byte(), reader.Byte(), reader.Byte(), reader.Byte()]);
                Forge(chosen, packet, length is > 0 and <= Packet.MaxPayload ? ~length : length);
                return packet;
            default:
                return count;
        }
    }

    // A keystream is added to the length, so the difference of two is added to the packet.
    private static void Forge(Span<byte> packet, int number, uint length)
    {
        Span<byte> plain = stackalloc byte[Packet.LengthSize];
        using var opener = new PacketOpener(Keys);
        Span<byte> field = packet[Packet.MaxPayload..Packet.CiphertextSize];
        opener.Cipher.ApplyKeystream((ulong)number, Packet.LengthBlock, field, plain);
        uint difference = length ^ BinaryPrimitives.ReadUInt32BigEndian(plain);
        BinaryPrimitives.WriteUInt32BigEndian(field, BinaryPrimitives.ReadUInt32BigEndian(field) ^ difference);
        byte[] covered = [.. packet[..Packet.CiphertextSize], .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness((ulong)number))];
        HMACSHA256.HashData(Keys.AsSpan(Keys.Length / 2), covered, packet[Packet.CiphertextSize..]);
    }
}
