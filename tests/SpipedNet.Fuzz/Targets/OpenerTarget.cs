using SpipedNet.Protocol;

namespace SpipedNet.Fuzz.Targets;

/// <summary>
/// A <see cref="PacketStream"/> in batches as the input says, opened in place or into other memory: the opener releases
/// exactly what may be let through, writes nothing of a bad packet or of what follows, and nothing ever after.
/// </summary>
internal sealed class OpenerTarget : FuzzTarget
{
    private const int LargestBatch = 20;
    private const byte Untouched = 0xa5;

    private readonly PacketStream _stream = new();
    private readonly byte[] _opened = new byte[PacketStream.MostPackets * Packet.MaxPayload];
    private long _packets;
    private long _bad;

    public override string Name => "opener";

    public override string Counts => $"{_packets} packets, a bad one in {_bad} streams";

    public override void Try(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        _stream.Make(ref reader);
        _packets += _stream.Count;
        bool isGood = _stream.Good == _stream.Count;
        _bad += isGood ? 0 : 1;

        Array.Fill(_opened, Untouched);
        (OpenStatus status, int length) = Open(ref reader);
        ReadOnlySpan<byte> expected = _stream.PayloadOf(_stream.Count);
        Require(length == expected.Length, $"{expected.Length} bytes were authentic, {length} were released");
        Require(_opened.AsSpan(0, length).SequenceEqual(expected), "what is released is what was sealed");
        Require(!_opened.AsSpan(length).ContainsAnyExcept(Untouched), "nothing of a bad packet is written");
        Require((status == OpenStatus.Opened) == isGood, "a bad packet is told");
    }

    private (OpenStatus Status, int Length) Open(ref InputReader reader)
    {
        using var opener = new PacketOpener(PacketStream.Keys);
        OpenStatus status = OpenStatus.Opened;
        int length = 0;
        for (int at = 0; at < _stream.Count;)
        {
            int choice = reader.Below(2 * LargestBatch);
            int batch = Math.Min(_stream.Count - at, (choice % LargestBatch) + 1);
            Span<byte> packets = _stream.Wire.Slice(at * Packet.Size, batch * Packet.Size), free = _opened.AsSpan(length);
            bool isInPlace = choice >= LargestBatch;
            OpenResult result = opener.Open(packets, isInPlace ? packets : free);
            if (isInPlace)
                packets[..result.Length].CopyTo(free);
            Require(status == OpenStatus.Opened || (result.Status == status && result.Length == 0), "a stream that was bad stays so");
            (status, length, at) = (result.Status, length + result.Length, at + batch);
        }

        return (status, length);
    }
}
