using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Kernels;

/// <summary>One lane: plain SHA-256.</summary>
internal readonly struct Sha256Lanes1 : ISha256Lanes<uint>
{
    public static int Count => 1;

    public static uint Broadcast(uint word) => word;

    public static uint Load(ReadOnlySpan<uint> words) => words[0];

    public static uint Add(uint a, uint b) => a + b;

    public static uint Xor(uint a, uint b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint kw)
    {
        uint t1 = h + kw + (g ^ (e & (f ^ g)))
            + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));
        d += t1;
        h = t1 + ((a & b) | (c & (a | b)))
            + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Schedule(uint w16, uint w15, uint w7, uint w2) =>
        w16 + (BitOperations.RotateRight(w15, 7) ^ BitOperations.RotateRight(w15, 18) ^ (w15 >> 3))
        + w7 + (BitOperations.RotateRight(w2, 17) ^ BitOperations.RotateRight(w2, 19) ^ (w2 >> 10));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadWords(byte** lanes, nint offset, uint* words)
    {
        var bytes = new ReadOnlySpan<byte>(lanes[0] + offset, 16);
        for (int i = 0; i < 4; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * i)..]);
    }
}
