using System.Runtime.InteropServices;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>
/// The working memory of one loop: room for one batch of packets and for their payload. A step of any pump fills it,
/// transforms it and sends it before the next step starts, so that connections own no buffers while they are idle and
/// the same 130 KiB stay in the processor's second-level cache.
/// </summary>
internal sealed unsafe class BatchBuffers : IDisposable
{
    /// <summary>Packets in a batch: 64 fill sixteen SIMD lanes four times and make one send of 66 KiB.</summary>
    public const int Packets = 64;

    private const int PayloadSize = Packets * Packet.MaxPayload;
    private const int WireSize = Packets * Packet.Size;
    private const nuint CacheLine = 64;

    private byte* _payload = (byte*)NativeMemory.AlignedAlloc(PayloadSize, CacheLine);
    private byte* _wire = (byte*)NativeMemory.AlignedAlloc(WireSize, CacheLine);

    /// <summary>Room for the payload of a batch.</summary>
    public Span<byte> Payload => new(_payload, PayloadSize);

    /// <summary>Room for the packets of a batch.</summary>
    public Span<byte> Wire => new(_wire, WireSize);

    /// <summary>Zeroes and frees both.</summary>
    public void Dispose()
    {
        Payload.Clear();
        NativeMemory.AlignedFree(_payload);
        Wire.Clear();
        NativeMemory.AlignedFree(_wire);
        _payload = _wire = null;
    }
}
