using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace SpipedNet.Protocol.Kernels;

/// <summary>AES-256 (FIPS 197) in counter mode with the processor's AES instructions: no tables, so constant-time.</summary>
internal static unsafe class Aes256
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 16;

    /// <summary>Bytes of the 15 round keys.</summary>
    public const int ScheduleSize = (Rounds + 1) * BlockSize;

    private const int Rounds = 14;

    // An AES instruction takes 4 cycles and two begin in each, so 8 blocks side by side keep the unit busy.
    private const int BlocksAtOnce = 8;
    private const int BytesAtOnce = BlocksAtOnce * BlockSize;

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => X86Aes.IsSupported;

    /// <summary>Expands a key of 32 bytes into its 15 round keys (FIPS 197, 5.2).</summary>
    public static void ExpandKey(ReadOnlySpan<byte> key, Span<byte> schedule)
    {
        const int KeyWords = KeySize / sizeof(uint);
        key[..KeySize].CopyTo(schedule);
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(schedule[..ScheduleSize]);
        uint roundConstant = 1;
        for (int i = KeyWords; i < words.Length; i++)
        {
            uint word = words[i - 1];
            if (i % KeyWords == 0)
            {
                word = BitOperations.RotateRight(SubstituteWord(word), 8) ^ roundConstant;
                roundConstant <<= 1;
            }
            else if (i % KeyWords == KeyWords / 2)
            {
                word = SubstituteWord(word);
            }
            words[i] = words[i - KeyWords] ^ word;
        }
    }

    /// <summary>
    /// XORs the keystream of the counter blocks high ‖ low, high ‖ low + 1, … (big-endian) into <paramref name="source"/>.
    /// The destination may be the source, or begin before it.
    /// </summary>
    [SkipLocalsInit]
    public static void ApplyKeystream(byte* schedule, ulong high, ulong low, byte* source, byte* destination, int length)
    {
        var keys = (Vector128<byte>*)schedule;
        var counter = Vector128.Create(low, high);
        for (; length >= BytesAtOnce; length -= BytesAtOnce, source += BytesAtOnce, destination += BytesAtOnce)
        {
            ApplyEight(keys, counter, source, destination);
            counter += Vector128.Create(BlocksAtOnce, 0ul);
        }
        if (length == 0)
            return;
        byte* rest = stackalloc byte[BytesAtOnce];
        Unsafe.CopyBlockUnaligned(rest, source, (uint)length);
        if (length <= BlockSize)
            ApplyOne(keys, counter, rest);
        else
            ApplyEight(keys, counter, rest, rest);
        Unsafe.CopyBlockUnaligned(destination, rest, (uint)length);
        CryptographicOperations.ZeroMemory(new Span<byte>(rest, BytesAtOnce));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ApplyEight(Vector128<byte>* keys, Vector128<ulong> counter, byte* source, byte* destination)
    {
        Vector128<byte> key = keys[0];
        Vector128<byte> b0 = Block(counter, 0) ^ key, b1 = Block(counter, 1) ^ key;
        Vector128<byte> b2 = Block(counter, 2) ^ key, b3 = Block(counter, 3) ^ key;
        Vector128<byte> b4 = Block(counter, 4) ^ key, b5 = Block(counter, 5) ^ key;
        Vector128<byte> b6 = Block(counter, 6) ^ key, b7 = Block(counter, 7) ^ key;
        for (int round = 1; round < Rounds; round++)
        {
            key = keys[round];
            (b0, b1, b2, b3) = (X86Aes.Encrypt(b0, key), X86Aes.Encrypt(b1, key), X86Aes.Encrypt(b2, key), X86Aes.Encrypt(b3, key));
            (b4, b5, b6, b7) = (X86Aes.Encrypt(b4, key), X86Aes.Encrypt(b5, key), X86Aes.Encrypt(b6, key), X86Aes.Encrypt(b7, key));
        }
        key = keys[Rounds];
        var from = (Vector128<byte>*)source;
        var to = (Vector128<byte>*)destination;
        (b0, b1, b2, b3) = (X86Aes.EncryptLast(b0, key), X86Aes.EncryptLast(b1, key), X86Aes.EncryptLast(b2, key), X86Aes.EncryptLast(b3, key));
        (b4, b5, b6, b7) = (X86Aes.EncryptLast(b4, key), X86Aes.EncryptLast(b5, key), X86Aes.EncryptLast(b6, key), X86Aes.EncryptLast(b7, key));
        (to[0], to[1], to[2], to[3]) = (b0 ^ from[0], b1 ^ from[1], b2 ^ from[2], b3 ^ from[3]);
        (to[4], to[5], to[6], to[7]) = (b4 ^ from[4], b5 ^ from[5], b6 ^ from[6], b7 ^ from[7]);
    }

    private static void ApplyOne(Vector128<byte>* keys, Vector128<ulong> counter, byte* text)
    {
        Vector128<byte> block = Block(counter, 0) ^ keys[0];
        for (int round = 1; round < Rounds; round++)
            block = X86Aes.Encrypt(block, keys[round]);
        (X86Aes.EncryptLast(block, keys[Rounds]) ^ Vector128.Load(text)).Store(text);
    }

    // The counter block as bytes: the vector's reversed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Block(Vector128<ulong> counter, ulong offset) =>
        Vector128.Shuffle(
            (counter + Vector128.Create(offset, 0)).AsByte(),
            Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    // The last round's substitution; its shift of rows moves nothing where all four columns are the same.
    private static uint SubstituteWord(uint word) =>
        X86Aes.EncryptLast(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();
}
