using System.Buffers.Binary;
using SpipedNet.Protocol.Kernels;

namespace SpipedNet.Protocol;

/// <summary>
/// Makes a direction's packets, numbered from 0. Owns its keys and zeroes them when disposed.
/// Not for use by two threads at a time.
/// </summary>
public sealed class PacketSealer : IDisposable
{
    // As many as have MACs computed side by side; their ciphertexts are still in the first-level cache then.
    private const int PacketsAtOnce = 16;

    private readonly PacketCipher _cipher;
    private readonly PacketMac _mac;
    private ulong _number;

    // AES-256 key ‖ HMAC-SHA256 key.
    internal PacketSealer(ReadOnlySpan<byte> keys)
    {
        _cipher = PacketCipher.Create(keys[..Aes256.KeySize]);
        _mac = new PacketMac(keys[Aes256.KeySize..]);
    }

    internal PacketCipher Cipher => _cipher;

    internal PacketMac Mac => _mac;

    /// <summary>Seals all of <paramref name="payload"/>; the last packet takes what is left over.</summary>
    /// <param name="payload">Any length; nothing for 0 bytes.</param>
    /// <param name="destination">Room for <see cref="Packet.CountFor"/> packets; must not overlap the payload.</param>
    /// <returns>The bytes written: <see cref="Packet.Size"/> for each packet.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int Seal(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        int count = Packet.CountFor(payload.Length);
        if (destination.Length / Packet.Size < count)
            throw new ArgumentException($"{count} packets do not fit into {destination.Length} bytes.", nameof(destination));
        const int PayloadAtOnce = PacketsAtOnce * Packet.MaxPayload;
        int written = 0;
        for (; payload.Length > 0; payload = payload[Math.Min(payload.Length, PayloadAtOnce)..])
            written += SealSome(payload[..Math.Min(payload.Length, PayloadAtOnce)], destination[written..]);
        return written;
    }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose()
    {
        _cipher.Dispose();
        _mac.Dispose();
    }

    private int SealSome(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        int count = Packet.CountFor(payload.Length);
        Span<byte> packets = destination[..(count * Packet.Size)];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> rest = payload[(i * Packet.MaxPayload)..];
            Encrypt(_number + (ulong)i, rest[..Math.Min(rest.Length, Packet.MaxPayload)], packets.Slice(i * Packet.Size, Packet.CiphertextSize));
        }

        Span<byte> macs = stackalloc byte[PacketsAtOnce * Packet.MacSize];
        _mac.Compute(_number, packets, macs);
        for (int i = 0; i < count; i++)
            macs.Slice(i * Packet.MacSize, Packet.MacSize).CopyTo(packets[(i * Packet.Size + Packet.CiphertextSize)..]);
        _number += (ulong)count;
        return packets.Length;
    }

    private void Encrypt(ulong number, ReadOnlySpan<byte> payload, Span<byte> ciphertext)
    {
        BinaryPrimitives.WriteInt32BigEndian(ciphertext[Packet.MaxPayload..], payload.Length);
        if (payload.Length == Packet.MaxPayload)
        {
            _cipher.ApplyKeystream(number, 0, payload, ciphertext);
            _cipher.ApplyKeystream(number, Packet.LengthBlock, ciphertext[Packet.MaxPayload..], ciphertext[Packet.MaxPayload..]);
            return;
        }
        payload.CopyTo(ciphertext);
        ciphertext[payload.Length..Packet.MaxPayload].Clear();
        _cipher.ApplyKeystream(number, 0, ciphertext, ciphertext);
    }
}
