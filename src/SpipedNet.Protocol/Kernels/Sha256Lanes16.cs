using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// Sixteen lanes: AVX-512. The compiler finds its three-operand logic in these expressions, its rotations must be named.
/// Without it the same code runs slowly, so all but the rotations is tested everywhere.
/// </summary>
internal readonly struct Sha256Lanes16 : ISha256Lanes<Vector512<uint>>
{
    public static int Count => Vector512<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint word) => Vector512.Create(word);

    public static Vector512<uint> Load(ReadOnlySpan<uint> words) => Vector512.Create(words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(
        Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, ref Vector512<uint> d,
        Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, ref Vector512<uint> h, Vector512<uint> kw)
    {
        Vector512<uint> t1 = h + kw + Vector512.ConditionalSelect(e, f, g)
            + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25));
        d += t1;
        h = t1 + Vector512.ConditionalSelect(a ^ b, c, a)
            + (RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Schedule(
        Vector512<uint> w16, Vector512<uint> w15, Vector512<uint> w7, Vector512<uint> w2) =>
        w16 + (RotateRight(w15, 7) ^ RotateRight(w15, 18) ^ (w15 >>> 3))
        + w7 + (RotateRight(w2, 17) ^ RotateRight(w2, 19) ^ (w2 >>> 10));

    // As with eight lanes: each quarter is a 4 by 4 transposition of words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadWords(byte** lanes, nint offset, Vector512<uint>* words)
    {
        Vector512<ulong> r0 = LoadRow(lanes, offset), r1 = LoadRow(lanes + 1, offset);
        Vector512<ulong> r2 = LoadRow(lanes + 2, offset), r3 = LoadRow(lanes + 3, offset);
        var low = Vector512.Create(0xFFFF_FFFFul);
        Vector512<ulong> even01 = (r0 & low) | (r1 << 32), odd01 = (r0 >>> 32) | (r1 & ~low);
        Vector512<ulong> even23 = (r2 & low) | (r3 << 32), odd23 = (r2 >>> 32) | (r3 & ~low);
        words[0] = JoinFirst(even01, even23);
        words[1] = JoinFirst(odd01, odd23);
        words[2] = JoinSecond(even01, even23);
        words[3] = JoinSecond(odd01, odd23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> RotateRight(Vector512<uint> v, [ConstantExpected] byte bits) =>
        Avx512F.IsSupported ? Avx512F.RotateRight(v, bits) : (v >>> bits) | (v << (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<ulong> LoadRow(byte** lanes, nint offset) =>
        Vector512.Shuffle(
            Vector512.Create(
                Vector256.Create(Vector128.Load(lanes[0] + offset), Vector128.Load(lanes[4] + offset)),
                Vector256.Create(Vector128.Load(lanes[8] + offset), Vector128.Load(lanes[12] + offset))),
            Vector512.Create(
                (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
                19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28,
                35, 34, 33, 32, 39, 38, 37, 36, 43, 42, 41, 40, 47, 46, 45, 44,
                51, 50, 49, 48, 55, 54, 53, 52, 59, 58, 57, 56, 63, 62, 61, 60)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> JoinFirst(Vector512<ulong> a, Vector512<ulong> b) =>
        Vector512.ConditionalSelect(FirstOfPair, a, Swap(b)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> JoinSecond(Vector512<ulong> a, Vector512<ulong> b) =>
        Vector512.ConditionalSelect(FirstOfPair, Swap(a), b).AsUInt32();

    private static Vector512<ulong> FirstOfPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(ulong.MaxValue, 0, ulong.MaxValue, 0, ulong.MaxValue, 0, ulong.MaxValue, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Swap(Vector512<ulong> v) =>
        Vector512.Shuffle(v, Vector512.Create(1ul, 0, 3, 2, 5, 4, 7, 6));
}
