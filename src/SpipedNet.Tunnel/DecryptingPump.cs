using System.Buffers;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>
/// Packets in, plain bytes out. A packet that has not arrived whole is kept until it has; bytes are passed on only
/// after their packet's MAC was verified.
/// </summary>
internal sealed class DecryptingPump(StreamSocket wire, StreamSocket plain, PacketOpener opener) : Pump(wire, plain)
{
    // The beginning of a packet whose rest has not arrived; rented while there is one.
    private byte[]? _partial;
    private int _partialLength;

    protected override bool IsAtBoundary => _partialLength == 0;

    protected override IoResult ReceiveAndTransform(out ReadOnlySpan<byte> output, out PumpEnd? failure)
    {
        output = default;
        failure = null;
        Span<byte> buffer = Buffers.Wire;
        IoResult received = Source.TryReceive(buffer[_partialLength..]);
        if (received.Count == 0)
            return received;
        _partial.AsSpan(0, _partialLength).CopyTo(buffer);
        int length = _partialLength + received.Count;
        int wholeLength = length - (length % Packet.Size);
        KeepPartial(buffer[wholeLength..length]);

        OpenResult opened = opener.Open(buffer[..wholeLength], Buffers.Payload);
        output = Buffers.Payload[..opened.Length];
        PayloadBytes += opened.Length;
        if (opened.Status != OpenStatus.Opened)
            failure = PumpEnd.BadPacket;
        return received;
    }

    private void KeepPartial(ReadOnlySpan<byte> partial)
    {
        _partialLength = partial.Length;
        if (partial.Length > 0)
        {
            _partial ??= ArrayPool<byte>.Shared.Rent(Packet.Size);
            partial.CopyTo(_partial);
        }
        else if (_partial is not null)
        {
            ArrayPool<byte>.Shared.Return(_partial);
            _partial = null;
        }
    }
}
