using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol;

/// <summary>With the processor's AES instructions: no native handle, no allocation.</summary>
internal sealed class HardwarePacketCipher : PacketCipher
{
    private readonly SecretMemory _schedule = new(Aes256.ScheduleSize);

    public HardwarePacketCipher(ReadOnlySpan<byte> key) => Aes256.ExpandKey(key, _schedule.Span);

    internal override ReadOnlySpan<byte> Remains => _schedule.Remains;

    public override unsafe void ApplyKeystream(ulong number, ulong block, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length);
        fixed (byte* schedule = _schedule.Span, from = source, to = destination)
            Aes256.ApplyKeystream(schedule, number, block, from, to, source.Length);
    }

    public override void Dispose() => _schedule.Dispose();
}
