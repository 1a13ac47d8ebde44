using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SpipedNet.Protocol;
using SpipedNet.Protocol.Interop;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Benchmarks;

/// <summary>SHA-256's compression alone, of a packet's payload in every lane.</summary>
public class Sha256Benchmarks
{
    private const int Blocks = Packet.MaxPayload / Sha256.BlockSize;

    private readonly byte[] _messages = RandomNumberGenerator.GetBytes(16 * Packet.MaxPayload);
    private Sha256State _state = Sha256State.Initial;

    [Benchmark, Bytes(Packet.MaxPayload), Needs(typeof(LibCryptoSha256))]
    public void LibCrypto() => LibCryptoSha256.Compress(ref _state, _messages.AsSpan(0, Packet.MaxPayload));

    [Benchmark, Bytes(Packet.MaxPayload)]
    public void Lanes1() => CompressLanes<uint, Sha256Lanes1>();

    [Benchmark, Bytes(8 * Packet.MaxPayload), Needs(typeof(Avx2))]
    public void Lanes8() => CompressLanes<Vector256<uint>, Sha256Lanes8>();

    [Benchmark, Bytes(16 * Packet.MaxPayload), Needs(typeof(Avx512BW))]
    public void Lanes16() => CompressLanes<Vector512<uint>, Sha256Lanes16>();

    private unsafe void CompressLanes<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : ISha256Lanes<TVector>
    {
        TVector* state = stackalloc TVector[Sha256.StateWords];
        byte** lanes = stackalloc byte*[TLanes.Count];
        fixed (byte* messages = _messages)
        {
            for (int i = 0; i < TLanes.Count; i++)
                lanes[i] = messages + (i * Packet.MaxPayload);
            Sha256Lanes<TVector, TLanes>.CompressBlocks(state, lanes, Blocks);
        }
    }
}
