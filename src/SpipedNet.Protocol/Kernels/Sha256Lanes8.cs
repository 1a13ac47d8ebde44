using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpipedNet.Protocol.Kernels;

/// <summary>Eight lanes: AVX2. Without it the same code runs slowly.</summary>
internal readonly struct Sha256Lanes8 : ISha256Lanes<Vector256<uint>>
{
    public static int Count => Vector256<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(uint word) => Vector256.Create(word);

    public static Vector256<uint> Load(ReadOnlySpan<uint> words) => Vector256.Create(words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => a + b;

    public static Vector256<uint> Xor(Vector256<uint> a, Vector256<uint> b) => a ^ b;

    // AVX2 has no rotation: a rotation's two halves are XORed into the sum one by one, which saves joining them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d,
        Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h, Vector256<uint> kw)
    {
        Vector256<uint> t1 = h + kw + (g ^ (e & (f ^ g)))
            + ((e >>> 6) ^ (e << 26) ^ (e >>> 11) ^ (e << 21) ^ (e >>> 25) ^ (e << 7));
        d += t1;
        h = t1 + ((a & b) | (c & (a | b)))
            + ((a >>> 2) ^ (a << 30) ^ (a >>> 13) ^ (a << 19) ^ (a >>> 22) ^ (a << 10));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Schedule(
        Vector256<uint> w16, Vector256<uint> w15, Vector256<uint> w7, Vector256<uint> w2) =>
        w16 + ((w15 >>> 7) ^ (w15 << 25) ^ (w15 >>> 18) ^ (w15 << 14) ^ (w15 >>> 3))
        + w7 + ((w2 >>> 17) ^ (w2 << 15) ^ (w2 >>> 19) ^ (w2 << 13) ^ (w2 >>> 10));

    // Four lanes to a half; each half is a 4 by 4 transposition of words: first neighbours of rows, then of pairs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadWords(byte** lanes, nint offset, Vector256<uint>* words)
    {
        Vector256<ulong> r0 = LoadRow(lanes, offset), r1 = LoadRow(lanes + 1, offset);
        Vector256<ulong> r2 = LoadRow(lanes + 2, offset), r3 = LoadRow(lanes + 3, offset);
        var low = Vector256.Create(0xFFFF_FFFFul);
        Vector256<ulong> even01 = (r0 & low) | (r1 << 32), odd01 = (r0 >>> 32) | (r1 & ~low);
        Vector256<ulong> even23 = (r2 & low) | (r3 << 32), odd23 = (r2 >>> 32) | (r3 & ~low);
        words[0] = JoinFirst(even01, even23);
        words[1] = JoinFirst(odd01, odd23);
        words[2] = JoinSecond(even01, even23);
        words[3] = JoinSecond(odd01, odd23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<ulong> LoadRow(byte** lanes, nint offset) =>
        Vector256.Shuffle(
            Vector256.Create(Vector128.Load(lanes[0] + offset), Vector128.Load(lanes[4] + offset)),
            Vector256.Create(
                (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
                19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> JoinFirst(Vector256<ulong> a, Vector256<ulong> b) =>
        Vector256.ConditionalSelect(FirstOfPair, a, Swap(b)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> JoinSecond(Vector256<ulong> a, Vector256<ulong> b) =>
        Vector256.ConditionalSelect(FirstOfPair, Swap(a), b).AsUInt32();

    private static Vector256<ulong> FirstOfPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(ulong.MaxValue, 0, ulong.MaxValue, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Swap(Vector256<ulong> v) => Vector256.Shuffle(v, Vector256.Create(1ul, 0, 3, 2));
}
