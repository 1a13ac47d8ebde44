using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>The keys of one direction of a session, and what is done to a packet with them (spiped DESIGN, "Transport").</summary>
internal sealed class DirectionKeys : IDisposable
{
    /// <summary>Bytes of an AES-256 key and an HMAC-SHA256 key.</summary>
    public const int Size = 64;

    private const int CounterBlocks = (Packet.CiphertextSize + 15) / 16;

    private readonly SecretMemory _keys;
    private readonly Aes _aes = Aes.Create();

    public DirectionKeys(ReadOnlySpan<byte> keys)
    {
        _keys = SecretMemory.CopyOf(keys[..Size]);
        _aes.SetKey(_keys.Span[..32]);
    }

    internal ReadOnlySpan<byte> Remains => _keys.Remains;

    /// <summary>Encrypts or decrypts a packet's ciphertext in place: AES-256-CTR, counter block = number ‖ block.</summary>
    public void ApplyKeystream(ulong number, Span<byte> text)
    {
        Span<byte> keystream = stackalloc byte[16 * CounterBlocks];
        for (int block = 0; block < CounterBlocks; block++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(keystream[(16 * block)..], number);
            BinaryPrimitives.WriteInt64BigEndian(keystream[(16 * block + 8)..], block);
        }
        _aes.EncryptEcb(keystream, keystream, PaddingMode.None);
        for (int i = 0; i < text.Length; i++)
            text[i] ^= keystream[i];
        CryptographicOperations.ZeroMemory(keystream);
    }

    /// <summary>HMAC-SHA256 of a packet's ciphertext and number.</summary>
    public void ComputeMac(ulong number, ReadOnlySpan<byte> ciphertext, Span<byte> mac)
    {
        Span<byte> message = stackalloc byte[Packet.CiphertextSize + sizeof(ulong)];
        ciphertext.CopyTo(message);
        BinaryPrimitives.WriteUInt64BigEndian(message[Packet.CiphertextSize..], number);
        HMACSHA256.HashData(_keys.Span[32..], message, mac);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _aes.Dispose();
    }
}
