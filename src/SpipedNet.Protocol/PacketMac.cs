using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol;

/// <summary>
/// A direction's MACs: HMAC-SHA256 of each packet's ciphertext and its number as a big-endian uint64 (spiped
/// proto_crypt.c). Several at once where SIMD lanes beat libcrypto's single stream. Owns the key and zeroes it.
/// </summary>
internal sealed unsafe class PacketMac(ReadOnlySpan<byte> key) : IDisposable
{
    // Sixteen lanes cost the same however many are used. From instruction counts (1,800 a block) they take what 6 to 9
    // single streams with SHA instructions take, on Zen 4 and 5, Ice Lake and later.
    internal const int Least16 = 8;

    // Eight lanes: 7.8 µs on Zen 3. A single stream: 0.76 µs with SHA instructions, so lanes never win; 2.9 µs without.
    internal const int Least8 = 3;

    internal static readonly bool Has16Lanes = Avx512BW.IsSupported;
    internal static readonly bool Has8Lanes = Avx2.IsSupported && !Sha256Pair.HasInstructions;

    private readonly HmacSha256 _hmac = new(key);

    internal ReadOnlySpan<byte> Remains => _hmac.Remains;

    /// <summary>The MACs of whole packets, of which the first has the number <paramref name="firstNumber"/>.</summary>
    /// <param name="firstNumber">The others' follow.</param>
    /// <param name="packets">1060 bytes each; of their MACs nothing is used.</param>
    /// <param name="macs">32 bytes for each packet.</param>
    public void Compute(ulong firstNumber, ReadOnlySpan<byte> packets, Span<byte> macs)
    {
        int count = packets.Length / Packet.Size;
        ArgumentOutOfRangeException.ThrowIfLessThan(macs.Length, count * Packet.MacSize);
        fixed (byte* packet = packets, mac = macs)
        {
            for (int done = 0; done < count;)
                done += ComputeSome(firstNumber + (ulong)done, packet + (done * Packet.Size), count - done, mac + (done * Packet.MacSize));
        }
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => _hmac.Dispose();

    private int ComputeSome(ulong firstNumber, byte* packets, int count, byte* macs)
    {
        if (Has16Lanes && count >= Least16)
        {
            int taken = Math.Min(count, Sha256Lanes16.Count);
            HmacSha256Lanes<Vector512<uint>, Sha256Lanes16>.Compute(_hmac, firstNumber, packets, taken, macs);
            return taken;
        }
        if (Sha256Pair.IsSupported && count >= HmacSha256Pair.Count)
        {
            HmacSha256Pair.Compute(_hmac, firstNumber, packets, macs);
            return HmacSha256Pair.Count;
        }
        if (Has8Lanes && count >= Least8)
        {
            int taken = Math.Min(count, Sha256Lanes8.Count);
            HmacSha256Lanes<Vector256<uint>, Sha256Lanes8>.Compute(_hmac, firstNumber, packets, taken, macs);
            return taken;
        }
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, firstNumber);
        _hmac.Compute(new ReadOnlySpan<byte>(packets, Packet.CiphertextSize), number, new Span<byte>(macs, Packet.MacSize));
        return 1;
    }
}
