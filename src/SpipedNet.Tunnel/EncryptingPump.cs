using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>Plain bytes in, packets out. Every receive becomes packets at once: nothing waits to be joined by more.</summary>
internal sealed class EncryptingPump(StreamSocket plain, StreamSocket wire, PacketSealer sealer) : Pump(plain, wire)
{
    protected override bool IsAtBoundary => true;

    protected override IoResult ReceiveAndTransform(out ReadOnlySpan<byte> output, out PumpEnd? failure)
    {
        failure = null;
        IoResult received = Source.TryReceive(Buffers.Payload);
        output = Buffers.Wire[..sealer.Seal(Buffers.Payload[..received.Count], Buffers.Wire)];
        PayloadBytes += received.Count;
        return received;
    }
}
