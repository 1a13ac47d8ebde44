using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// The MACs of consecutive packets, one packet a lane. All packets have one length, so the padding (FIPS 180-4, 5.1.1) is
/// the same in every lane: the 17th block is the ciphertext's last word, the packet's number, and constants.
/// </summary>
internal static unsafe class HmacSha256Lanes<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : ISha256Lanes<TVector>
{
    private const int WholeBlocks = Packet.CiphertextSize / Sha256.BlockSize;
    private const int NumberWord = (Packet.CiphertextSize % Sha256.BlockSize) / sizeof(uint);
    private const uint EndOfMessage = 0x8000_0000;
    private const int LastWord = Sha256.BlockSize / sizeof(uint) - 1;
    private const uint InnerBits = 8 * (Sha256.BlockSize + Packet.CiphertextSize + sizeof(ulong));
    private const uint OuterBits = 8 * (Sha256.BlockSize + Sha256.DigestSize);

    /// <summary>How many packets it takes at most.</summary>
    public static int Count => TLanes.Count;

    /// <summary>The MACs of <paramref name="count"/> packets, of which the first has the number <paramref name="firstNumber"/>.</summary>
    /// <param name="hmac">The key.</param>
    /// <param name="firstNumber">The others' follow.</param>
    /// <param name="packets">Each of 1060 bytes; of its MAC nothing is used.</param>
    /// <param name="count">1 to <see cref="Count"/>; lanes without a packet repeat the last one's.</param>
    /// <param name="macs">32 bytes for each packet.</param>
    [SkipLocalsInit]
    public static void Compute(HmacSha256 hmac, ulong firstNumber, byte* packets, int count, byte* macs)
    {
        TVector* state = stackalloc TVector[Sha256.StateWords];
        TVector* words = stackalloc TVector[Sha256Lanes<TVector, TLanes>.ScheduleWords];
        byte** lanes = stackalloc byte*[TLanes.Count];
        for (int lane = 0; lane < TLanes.Count; lane++)
            lanes[lane] = packets + (Math.Min(lane, count - 1) * Packet.Size);

        Broadcast(in hmac.InnerState, state);
        Sha256Lanes<TVector, TLanes>.CompressBlocks(state, lanes, WholeBlocks);
        TLanes.LoadWords(lanes, WholeBlocks * Sha256.BlockSize, words);
        LoadNumbers(firstNumber, words + NumberWord);
        Pad(words, NumberWord + 2, InnerBits);
        Sha256Lanes<TVector, TLanes>.Compress(state, words);

        new ReadOnlySpan<TVector>(state, Sha256.StateWords).CopyTo(new Span<TVector>(words, Sha256.StateWords));
        PadDigest(words);
        Broadcast(in hmac.OuterState, state);
        Sha256Lanes<TVector, TLanes>.Compress(state, words);
        Store(state, count, macs);
    }

    /// <summary>The same state in every lane.</summary>
    public static void Broadcast(in Sha256State state, TVector* vectors)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<Sha256State, uint>(new ReadOnlySpan<Sha256State>(in state));
        for (int i = 0; i < words.Length; i++)
            vectors[i] = TLanes.Broadcast(words[i]);
    }

    private static void LoadNumbers(ulong firstNumber, TVector* words)
    {
        Span<uint> high = stackalloc uint[TLanes.Count], low = stackalloc uint[TLanes.Count];
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            ulong number = firstNumber + (ulong)lane;
            high[lane] = (uint)(number >> 32);
            low[lane] = (uint)number;
        }
        words[0] = TLanes.Load(high);
        words[1] = TLanes.Load(low);
    }

    /// <summary>Makes the one block of an outer hash from the words of the inner one.</summary>
    public static void PadDigest(TVector* words) => Pad(words, Sha256.StateWords, OuterBits);

    private static void Pad(TVector* words, int end, uint bits)
    {
        words[end] = TLanes.Broadcast(EndOfMessage);
        for (int i = end + 1; i < LastWord; i++)
            words[i] = TLanes.Broadcast(0);
        words[LastWord] = TLanes.Broadcast(bits);
    }

    /// <summary>Writes the lanes' states as digests of 32 bytes.</summary>
    public static void Store(TVector* state, int count, byte* macs)
    {
        uint* words = (uint*)state;
        for (int lane = 0; lane < count; lane++)
        {
            for (int i = 0; i < Sha256.StateWords; i++)
                BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(macs + (32 * lane) + (4 * i), 4), words[(i * TLanes.Count) + lane]);
        }
    }
}
