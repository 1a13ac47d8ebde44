using System.Runtime.CompilerServices;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// SHA-256's compression (FIPS 180-4, 6.2.2) of one block in every lane. Written once for all widths.
/// </summary>
internal static unsafe class Sha256Lanes<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : ISha256Lanes<TVector>
{
    /// <summary>Words of a block's message schedule: of the block itself the first 16.</summary>
    public const int ScheduleWords = 64;

    private const int BlockWords = 16;
    private const int RoundsAtOnce = 8;

    /// <summary>Compresses whole blocks of 64 bytes of every lane, from where <paramref name="lanes"/> point, into the state of eight words.</summary>
    [SkipLocalsInit]
    public static void CompressBlocks(TVector* state, byte** lanes, int blocks)
    {
        TVector* w = stackalloc TVector[ScheduleWords];
        for (nint offset = 0; offset < blocks * 64; offset += 64)
        {
            for (int i = 0; i < 4; i++)
                TLanes.LoadWords(lanes, offset + (16 * i), w + (4 * i));
            Compress(state, w);
        }
    }

    /// <summary>Compresses one block, given as its 16 words with room for the rest of the schedule.</summary>
    public static void Compress(TVector* state, TVector* w)
    {
        for (TVector* next = w + BlockWords; next < w + ScheduleWords; next++)
            *next = TLanes.Schedule(next[-16], next[-15], next[-7], next[-2]);

        TVector a = state[0], b = state[1], c = state[2], d = state[3];
        TVector e = state[4], f = state[5], g = state[6], h = state[7];
        fixed (uint* constants = Sha256.RoundConstants)
        {
            for (uint* k = constants; k < constants + ScheduleWords; k += RoundsAtOnce, w += RoundsAtOnce)
            {
                TLanes.Round(a, b, c, ref d, e, f, g, ref h, TLanes.Add(w[0], TLanes.Broadcast(k[0])));
                TLanes.Round(h, a, b, ref c, d, e, f, ref g, TLanes.Add(w[1], TLanes.Broadcast(k[1])));
                TLanes.Round(g, h, a, ref b, c, d, e, ref f, TLanes.Add(w[2], TLanes.Broadcast(k[2])));
                TLanes.Round(f, g, h, ref a, b, c, d, ref e, TLanes.Add(w[3], TLanes.Broadcast(k[3])));
                TLanes.Round(e, f, g, ref h, a, b, c, ref d, TLanes.Add(w[4], TLanes.Broadcast(k[4])));
                TLanes.Round(d, e, f, ref g, h, a, b, ref c, TLanes.Add(w[5], TLanes.Broadcast(k[5])));
                TLanes.Round(c, d, e, ref f, g, h, a, ref b, TLanes.Add(w[6], TLanes.Broadcast(k[6])));
                TLanes.Round(b, c, d, ref e, f, g, h, ref a, TLanes.Add(w[7], TLanes.Broadcast(k[7])));
            }
        }
        state[0] = TLanes.Add(state[0], a);
        state[1] = TLanes.Add(state[1], b);
        state[2] = TLanes.Add(state[2], c);
        state[3] = TLanes.Add(state[3], d);
        state[4] = TLanes.Add(state[4], e);
        state[5] = TLanes.Add(state[5], f);
        state[6] = TLanes.Add(state[6], g);
        state[7] = TLanes.Add(state[7], h);
    }
}
