using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// The keys of one direction and the number of its next packet. Both sides of a direction count alike from 0; packet n
/// is encrypted with the counter blocks n ‖ 0, n ‖ 1, … and its MAC covers n.
/// </summary>
internal sealed class PacketKeys : IDisposable
{
    /// <summary>Bytes of E ‖ H.</summary>
    public const int MaterialSize = EncryptionKeySize + MacKeySize;

    private const int EncryptionKeySize = 32;
    private const int MacKeySize = 32;
    private const int BlockSize = 16;
    private const int BlocksPerPacket = (Packet.CiphertextSize + BlockSize - 1) / BlockSize;

    private readonly SecretMemory _macKey = new(MacKeySize);
    private readonly Aes _cipher = Aes.Create();

    /// <param name="material">E ‖ H, 64 bytes; copied.</param>
    public PacketKeys(ReadOnlySpan<byte> material)
    {
        _cipher.SetKey(material[..EncryptionKeySize]);
        material[EncryptionKeySize..].CopyTo(_macKey.Span);
    }

    /// <summary>The number of the next packet.</summary>
    public ulong Number { get; set; }

    /// <summary>Encrypts or decrypts 1028 bytes of packet <paramref name="number"/> in place.</summary>
    public void ApplyKeystream(ulong number, Span<byte> ciphertext)
    {
        Span<byte> keystream = stackalloc byte[BlocksPerPacket * BlockSize];
        for (int block = 0; block < BlocksPerPacket; block++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(keystream[(block * BlockSize)..], number);
            BinaryPrimitives.WriteUInt64BigEndian(keystream[((block * BlockSize) + 8)..], (ulong)block);
        }

        _cipher.EncryptEcb(keystream, keystream, PaddingMode.None);
        for (int i = 0; i < ciphertext.Length; i++)
            ciphertext[i] ^= keystream[i];
        CryptographicOperations.ZeroMemory(keystream);
    }

    /// <summary>The MAC of 1028 bytes of ciphertext as packet <paramref name="number"/>.</summary>
    public void ComputeMac(ulong number, ReadOnlySpan<byte> ciphertext, Span<byte> mac)
    {
        Span<byte> message = stackalloc byte[Packet.CiphertextSize + sizeof(ulong)];
        ciphertext.CopyTo(message);
        BinaryPrimitives.WriteUInt64BigEndian(message[Packet.CiphertextSize..], number);
        HMACSHA256.HashData(_macKey.Span, message, mac);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _macKey.Dispose();
        _cipher.Dispose();
    }
}
