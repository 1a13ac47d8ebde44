namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// SHA-256 on a vector of words, each lane a message of its own. The operations are as coarse as a round, so that the
/// compiler inlines all of a block: finer ones exceed its budget and run at a quarter of the speed.
/// </summary>
/// <typeparam name="TVector">One word of every lane.</typeparam>
internal interface ISha256Lanes<TVector>
    where TVector : unmanaged
{
    /// <summary>How many lanes a vector has.</summary>
    static abstract int Count { get; }

    /// <summary>The same word in every lane.</summary>
    static abstract TVector Broadcast(uint word);

    /// <summary>A word for each lane.</summary>
    static abstract TVector Load(ReadOnlySpan<uint> words);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Xor(TVector a, TVector b);

    /// <summary>A round (FIPS 180-4, 6.2.2, step 3), the variables' rotation left to the caller; <paramref name="kw"/> is K_t + W_t.</summary>
    static abstract void Round(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector kw);

    /// <summary>W_t from W_(t-16), W_(t-15), W_(t-7), W_(t-2) (step 1).</summary>
    static abstract TVector Schedule(TVector w16, TVector w15, TVector w7, TVector w2);

    /// <summary>Loads 16 bytes of every lane's message, as four big-endian words.</summary>
    /// <param name="lanes">Where each lane's 16 bytes are.</param>
    /// <param name="offset">Added to each.</param>
    /// <param name="words">Four vectors.</param>
    static abstract unsafe void LoadWords(byte** lanes, nint offset, TVector* words);
}
