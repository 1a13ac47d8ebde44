using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// HMAC-SHA256 (RFC 2104, FIPS 198-1) whose key is prepared once: SHA-256's state after the block key ⊕ ipad and that
/// after key ⊕ opad. A message then costs its own blocks and one more. Owns the prepared key and zeroes it.
/// </summary>
internal sealed class HmacSha256 : IDisposable
{
    /// <summary>Bytes of a MAC.</summary>
    public const int Size = Sha256.DigestSize;

    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;
    private const byte EndOfMessage = 0x80;
    private const int LengthSize = sizeof(ulong);

    private readonly SecretMemory _states = new(2 * Sha256.StateWords * sizeof(uint));

    /// <param name="key">At most a block, 64 bytes; copied.</param>
    public HmacSha256(ReadOnlySpan<byte> key)
    {
        Prepare(key, States);
    }

    /// <summary>Prepares a key in memory of the caller, who zeroes it.</summary>
    /// <param name="key">At most a block, 64 bytes.</param>
    /// <param name="states">Two, inner and outer.</param>
    public static void Prepare(ReadOnlySpan<byte> key, Span<Sha256State> states)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Sha256.BlockSize);
        Prepare(key, InnerPad, ref states[0]);
        Prepare(key, OuterPad, ref states[1]);
    }

    /// <summary>The state that a message's hash starts from.</summary>
    public ref readonly Sha256State InnerState => ref States[0];

    /// <summary>The state that the hash of a message's hash starts from.</summary>
    public ref readonly Sha256State OuterState => ref States[1];

    internal ReadOnlySpan<byte> Remains => _states.Remains;

    private Span<Sha256State> States => MemoryMarshal.Cast<byte, Sha256State>(_states.Span);

    /// <summary>The MAC of message ‖ suffix.</summary>
    /// <param name="message">Hashed where it lies.</param>
    /// <param name="suffix">At most 56 bytes, so that with padding it needs no third block.</param>
    /// <param name="mac">32 bytes.</param>
    public void Compute(ReadOnlySpan<byte> message, ReadOnlySpan<byte> suffix, Span<byte> mac) =>
        Compute(States, message, suffix, mac);

    /// <summary>As <see cref="Compute(ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte})"/>, with a key that the caller has prepared.</summary>
    public static void Compute(
        ReadOnlySpan<Sha256State> states, ReadOnlySpan<byte> message, ReadOnlySpan<byte> suffix, Span<byte> mac)
    {
        Sha256State state = states[0];
        int wholeBlocks = message.Length / Sha256.BlockSize * Sha256.BlockSize;
        if (wholeBlocks > 0)
            Sha256.Compress(ref state, message[..wholeBlocks]);

        Span<byte> tail = stackalloc byte[2 * Sha256.BlockSize];
        ReadOnlySpan<byte> rest = message[wholeBlocks..];
        rest.CopyTo(tail);
        suffix.CopyTo(tail[rest.Length..]);
        Sha256.Compress(ref state, Pad(tail, rest.Length + suffix.Length, wholeBlocks));

        state.WriteDigest(tail);
        state = states[1];
        Sha256.Compress(ref state, Pad(tail, Sha256.DigestSize, 0));
        state.WriteDigest(mac);
        CryptographicOperations.ZeroMemory(tail);
    }

    /// <summary>Zeroes the prepared key.</summary>
    public void Dispose() => _states.Dispose();

    // In place: what is returned would stay on the stack, and is as good as the key.
    private static void Prepare(ReadOnlySpan<byte> key, byte pad, ref Sha256State state)
    {
        Span<byte> block = stackalloc byte[Sha256.BlockSize];
        block.Fill(pad);
        for (int i = 0; i < key.Length; i++)
            block[i] ^= key[i];
        state = Sha256State.Initial;
        Sha256.Compress(ref state, block);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>
    /// Pads the end of a message (FIPS 180-4, 5.1.1) that comes after the key's block and
    /// <paramref name="precedingLength"/> bytes.
    /// </summary>
    /// <param name="tail">The message's last <paramref name="length"/> bytes, with room to fill up its one or two blocks.</param>
    /// <param name="length">At most 119.</param>
    /// <param name="precedingLength">A multiple of 64.</param>
    /// <returns>The filled blocks.</returns>
    public static ReadOnlySpan<byte> Pad(Span<byte> tail, int length, int precedingLength)
    {
        int size = length + 1 + LengthSize <= Sha256.BlockSize ? Sha256.BlockSize : 2 * Sha256.BlockSize;
        Span<byte> padded = tail[..size];
        padded[length..].Clear();
        padded[length] = EndOfMessage;
        long bytes = (long)Sha256.BlockSize + precedingLength + length;
        BinaryPrimitives.WriteInt64BigEndian(padded[^LengthSize..], bytes * 8);
        return padded;
    }
}
