using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol;

/// <summary>
/// A direction's AES-256-CTR: the counter block is the packet's number and the block's, each a big-endian uint64 (spiped
/// proto_crypt.c). Encrypting and decrypting are the same. Owns the key and zeroes it.
/// </summary>
internal abstract class PacketCipher : IDisposable
{
    /// <summary>The fastest one that this processor has.</summary>
    /// <param name="key">32 bytes; copied.</param>
    public static PacketCipher Create(ReadOnlySpan<byte> key) =>
        Aes256.IsSupported ? new HardwarePacketCipher(key) : new PortablePacketCipher(key);

    /// <summary>XORs the keystream of a packet, from one of its blocks on, into <paramref name="source"/>.</summary>
    /// <param name="number">The packet's number.</param>
    /// <param name="block">The number of the block of 16 bytes that the source begins with.</param>
    /// <param name="source">Any length.</param>
    /// <param name="destination">At least as long; the source itself, begun before it, or disjoint.</param>
    public abstract void ApplyKeystream(ulong number, ulong block, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Zeroes the key.</summary>
    public abstract void Dispose();

    internal abstract ReadOnlySpan<byte> Remains { get; }
}
