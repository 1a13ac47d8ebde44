using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.Fuzz.Targets;

/// <summary>
/// A <see cref="PacketStream"/> that comes in pieces of any size, cut anywhere, over a socket to the decrypting pump, whose
/// destination takes as much at a time as the input says: what comes out is exactly what may be let through, and only a whole
/// stream of good packets ends in order.
/// </summary>
internal sealed class PumpTarget : FuzzTarget
{
    private const int MostPieces = 40;
    private const int SmallestBuffer = 1; // the kernel makes some 2 KiB of it (socket(7), SO_SNDBUF)

    private static readonly Lazy<EventLoopGroup> Loops = new(() => new EventLoopGroup(1));

    private readonly PacketStream _stream = new();
    private readonly byte[] _output = new byte[(PacketStream.MostPackets * Packet.MaxPayload) + 1];
    private long _pieces;
    private long _ordered;
    private long _failed;

    public override string Name => "pump";

    public override string Counts => $"{_pieces} pieces, {_ordered} streams that ended in order, {_failed} that did not";

    public override void Try(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        _stream.Make(ref reader);
        int length = reader.Byte() % 2 == 0 ? _stream.Wire.Length : reader.Below(_stream.Wire.Length + 1);
        bool isSlow = reader.Byte() % 2 == 1;
        SocketPair wire = SocketPair.OfPieces(), plain = SocketPair.OfBytes();
        if (isSlow)
            plain.LimitSendBuffer(SmallestBuffer);
        Send(ref reader, wire, length);
        Task<PumpOutcome> run = Loops.Value.First.RunAsync(loop => RunAsync(loop, wire.Theirs, plain.Theirs));
        int received = plain.ReceiveToEnd(_output);
        Check(run.GetAwaiter().GetResult().End, length, received);
    }

    // Before the pump reads: each piece is a receive of its own.
    private void Send(ref InputReader reader, SocketPair wire, int length)
    {
        Span<byte> rest = _stream.Wire[..length];
        for (int piece = 1; rest.Length > 0; piece++)
        {
            int size = piece == MostPieces || reader.IsAtEnd ? rest.Length : Math.Min(rest.Length, reader.Below(3 * Packet.Size) + 1);
            wire.Send(rest[..size]);
            rest = rest[size..];
            _pieces++;
        }

        wire.CloseOurs();
    }

    private static async Task<PumpOutcome> RunAsync(EventLoop loop, int wire, int plain)
    {
        using var source = new StreamSocket(loop, wire);
        using var destination = new StreamSocket(loop, plain);
        using var opener = new PacketOpener(PacketStream.Keys);
        return await new DecryptingPump(source, destination, opener).RunAsync();
    }

    private void Check(PumpEnd end, int length, int received)
    {
        int whole = length / Packet.Size;
        PumpEnd expected = whole > _stream.Good ? PumpEnd.BadPacket
            : length % Packet.Size != 0 ? PumpEnd.Truncated
            : PumpEnd.EndOfStream;
        Require(end == expected, $"the stream's end is {expected}, not {end}");
        ReadOnlySpan<byte> payload = _stream.PayloadOf(whole);
        Require(received == payload.Length, $"{payload.Length} bytes were authentic, {received} came out");
        Require(_output.AsSpan(0, received).SequenceEqual(payload), "what comes out is what was sealed");
        if (end == PumpEnd.EndOfStream)
            _ordered++;
        else
            _failed++;
    }
}
