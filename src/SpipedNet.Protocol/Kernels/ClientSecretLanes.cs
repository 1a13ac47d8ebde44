using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// h_C for several secrets, one a lane: the nonces and y_C are the same in all, only the keys differ. What
/// <see cref="ClientSecret"/> does one after the other.
/// </summary>
internal static unsafe class ClientSecretLanes<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : ISha256Lanes<TVector>
{
    private const uint InnerPad = 0x3636_3636, OuterPad = 0x5c5c_5c5c;
    private const int KeyWords = SharedSecret.Size / sizeof(uint);
    private const int BlockWords = Sha256.BlockSize / sizeof(uint);

    /// <summary>How many secrets it takes at most.</summary>
    public static int Count => TLanes.Count;

    /// <summary>h_C for each of the secrets.</summary>
    /// <param name="secrets">1 to <see cref="Count"/>; lanes without one repeat the last.</param>
    /// <param name="salt">The blocks of nonces ‖ 1, padded as what follows a key's block: 128 bytes.</param>
    /// <param name="element">The blocks of y_C, padded the same way: 320 bytes.</param>
    /// <param name="macs">32 bytes for each secret.</param>
    [SkipLocalsInit]
    public static void Compute(ReadOnlySpan<SharedSecret> secrets, byte* salt, byte* element, byte* macs)
    {
        TVector* key = stackalloc TVector[KeyWords];
        LoadKeys(secrets, key);
        ComputeMac(key, salt, 2, key);     // dhmac_C, the first block of dk1
        ComputeMac(key, element, 5, key);  // h_C
        HmacSha256Lanes<TVector, TLanes>.Store(key, secrets.Length, macs);
        new Span<TVector>(key, KeyWords).Clear();
    }

    private static void LoadKeys(ReadOnlySpan<SharedSecret> secrets, TVector* key)
    {
        byte** lanes = stackalloc byte*[TLanes.Count];
        byte* keys = stackalloc byte[TLanes.Count * SharedSecret.Size];
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            lanes[lane] = keys + (lane * SharedSecret.Size);
            secrets[Math.Min(lane, secrets.Length - 1)].Key.CopyTo(new Span<byte>(lanes[lane], SharedSecret.Size));
        }

        TLanes.LoadWords(lanes, 0, key);
        TLanes.LoadWords(lanes, 16, key + 4);
        CryptographicOperations.ZeroMemory(new Span<byte>(keys, TLanes.Count * SharedSecret.Size));
    }

    // The HMAC of a message that is the same in every lane, with each lane's key of 32 bytes. The result may lie where the key does.
    private static void ComputeMac(TVector* key, byte* message, int blocks, TVector* mac)
    {
        TVector* state = stackalloc TVector[Sha256.StateWords];
        TVector* outer = stackalloc TVector[Sha256.StateWords];
        TVector* words = stackalloc TVector[Sha256Lanes<TVector, TLanes>.ScheduleWords];
        byte** lanes = stackalloc byte*[TLanes.Count];
        for (int lane = 0; lane < TLanes.Count; lane++)
            lanes[lane] = message;

        Prepare(key, InnerPad, words, state);
        Prepare(key, OuterPad, words, outer);
        Sha256Lanes<TVector, TLanes>.CompressBlocks(state, lanes, blocks);
        new ReadOnlySpan<TVector>(state, Sha256.StateWords).CopyTo(new Span<TVector>(words, Sha256.StateWords));
        HmacSha256Lanes<TVector, TLanes>.PadDigest(words);
        Sha256Lanes<TVector, TLanes>.Compress(outer, words);
        new ReadOnlySpan<TVector>(outer, Sha256.StateWords).CopyTo(new Span<TVector>(mac, Sha256.StateWords));
        new Span<TVector>(state, Sha256.StateWords).Clear();
        new Span<TVector>(outer, Sha256.StateWords).Clear();
        new Span<TVector>(words, Sha256Lanes<TVector, TLanes>.ScheduleWords).Clear();
    }

    // SHA-256's state after the block key ⊕ pad (RFC 2104).
    private static void Prepare(TVector* key, uint pad, TVector* words, TVector* state)
    {
        Sha256State initial = Sha256State.Initial;
        HmacSha256Lanes<TVector, TLanes>.Broadcast(in initial, state);
        TVector filling = TLanes.Broadcast(pad);
        for (int i = 0; i < BlockWords; i++)
            words[i] = i < KeyWords ? TLanes.Xor(key[i], filling) : filling;
        Sha256Lanes<TVector, TLanes>.Compress(state, words);
    }
}
