using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Kernels;

/// <summary>The MACs of two consecutive packets by <see cref="Sha256Pair"/>.</summary>
internal static unsafe class HmacSha256Pair
{
    /// <summary>How many packets it takes.</summary>
    public const int Count = 2;

    private const int WholeBlocks = Packet.CiphertextSize / Sha256.BlockSize;
    private const int WholeSize = WholeBlocks * Sha256.BlockSize;
    private const int RestSize = Packet.CiphertextSize - WholeSize;
    private const int StateVectors = 2;

    /// <summary>The MACs of the packets numbered <paramref name="firstNumber"/> and the next.</summary>
    /// <param name="hmac">The key.</param>
    /// <param name="firstNumber">The first packet's.</param>
    /// <param name="packets">1060 bytes each; of their MACs nothing is used.</param>
    /// <param name="macs">32 bytes for each.</param>
    [SkipLocalsInit]
    public static void Compute(HmacSha256 hmac, ulong firstNumber, byte* packets, byte* macs)
    {
        Vector128<uint>* states = stackalloc Vector128<uint>[Count * StateVectors];
        byte* tails = stackalloc byte[Count * Sha256.BlockSize];
        for (int i = 0; i < Count; i++)
        {
            Sha256Pair.Load(in hmac.InnerState, states + (i * StateVectors));
            Span<byte> tail = new(tails + (i * Sha256.BlockSize), Sha256.BlockSize);
            new ReadOnlySpan<byte>(packets + (i * Packet.Size) + WholeSize, RestSize).CopyTo(tail);
            BinaryPrimitives.WriteUInt64BigEndian(tail[RestSize..], firstNumber + (ulong)i);
            HmacSha256.Pad(tail, RestSize + sizeof(ulong), WholeSize);
        }

        Sha256Pair.Compress(states, packets, packets + Packet.Size, WholeBlocks);
        Sha256Pair.Compress(states, tails, tails + Sha256.BlockSize, 1);
        for (int i = 0; i < Count; i++)
        {
            Span<byte> tail = new(tails + (i * Sha256.BlockSize), Sha256.BlockSize);
            Sha256Pair.Store(states + (i * StateVectors)).WriteDigest(tail);
            HmacSha256.Pad(tail, Sha256.DigestSize, 0);
            Sha256Pair.Load(in hmac.OuterState, states + (i * StateVectors));
        }

        Sha256Pair.Compress(states, tails, tails + Sha256.BlockSize, 1);
        for (int i = 0; i < Count; i++)
            Sha256Pair.Store(states + (i * StateVectors)).WriteDigest(new Span<byte>(macs + (i * Packet.MacSize), Packet.MacSize));
        CryptographicOperations.ZeroMemory(new Span<byte>(states, Count * StateVectors * sizeof(Vector128<uint>)));
        CryptographicOperations.ZeroMemory(new Span<byte>(tails, Count * Sha256.BlockSize));
    }
}
