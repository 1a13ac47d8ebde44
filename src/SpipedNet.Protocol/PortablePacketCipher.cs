using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>With System.Security.Cryptography, for processors whose AES instructions <see cref="Kernels.Aes256"/> does not speak.</summary>
internal sealed class PortablePacketCipher : PacketCipher
{
    private const int BlockSize = 16;

    // All of a packet's keystream, 65 blocks, by one call, whose cost lies mostly in being made.
    private const int BytesAtOnce = (Packet.CiphertextSize + BlockSize - 1) / BlockSize * BlockSize;

    private readonly Aes _aes = Aes.Create();
    private bool _isDisposed;

    public PortablePacketCipher(ReadOnlySpan<byte> key) => _aes.SetKey(key);

    // The key lies in libcrypto's memory, which Dispose has it zero.
    internal override ReadOnlySpan<byte> Remains => [];

    public override void ApplyKeystream(ulong number, ulong block, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this); // an Aes that is disposed makes itself a new key
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length);
        Span<byte> keystream = stackalloc byte[BytesAtOnce];
        for (int done = 0; done < source.Length; done += BytesAtOnce)
        {
            ReadOnlySpan<byte> chunk = source[done..Math.Min(source.Length, done + BytesAtOnce)];
            Span<byte> counters = keystream[..((chunk.Length + BlockSize - 1) / BlockSize * BlockSize)];
            for (int i = 0; i < counters.Length; i += BlockSize, block++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(counters[i..], number);
                BinaryPrimitives.WriteUInt64BigEndian(counters[(i + 8)..], block);
            }
            _aes.EncryptEcb(counters, counters, PaddingMode.None);
            for (int i = 0; i < chunk.Length; i++)
                destination[done + i] = (byte)(chunk[i] ^ keystream[i]);
        }
        CryptographicOperations.ZeroMemory(keystream);
    }

    public override void Dispose()
    {
        _isDisposed = true;
        _aes.Dispose();
    }
}
