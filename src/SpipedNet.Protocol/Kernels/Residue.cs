using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// A number as <see cref="Group14Field"/> computes with it: 76 limbs of 28 bits, each in 64, the least first. Limb i is in
/// vector i mod 19, lane i / 19: shifting by a limb is moving on by a vector, and all loads are aligned. Limbs 1, 20, 39
/// and 58 may be as large as 2^28 + 2^9.
/// </summary>
[InlineArray(Vectors)]
internal unsafe struct Residue
{
    /// <summary>Vectors in a number.</summary>
    public const int Vectors = 19;

    /// <summary>Limbs in a number.</summary>
    public const int Limbs = Lanes * Vectors;

    /// <summary>Bits of a limb.</summary>
    public const int LimbBits = 28;

    private const int Lanes = 4;
    private const int Size = DiffieHellmanGroup14.ElementSize;

    private const int Alignment = 64;

    private Vector256<ulong> _first;

    /// <summary>Bytes in which <paramref name="count"/> numbers can be aligned to cache lines.</summary>
    public static int RoomFor(int count) => (count * sizeof(Residue)) + Alignment - 1;

    /// <summary>The first aligned number in memory that does not move.</summary>
    public static Residue* AlignIn(Span<byte> memory) =>
        (Residue*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)) + Alignment - 1) & -Alignment);

    /// <summary>Where a limb is, counted in 64-bit words.</summary>
    public static int IndexOf(int limb) => (limb % Vectors * Lanes) + (limb / Vectors);

    /// <summary>Where the limb after the one at <paramref name="index"/> is: in the next vector, or in the first one's next lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexAfter(int index) => index + Lanes < Limbs ? index + Lanes : index + Lanes - (Limbs - 1);

    /// <summary>Reads 256 bytes, big-endian.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, Residue* number)
    {
        // 28 bits are three and a half bytes; eight can be read at each.
        Span<byte> reversed = stackalloc byte[((Limbs * LimbBits) / 8) + sizeof(ulong)];
        reversed.Clear();
        bytes[..Size].CopyTo(reversed);
        reversed[..Size].Reverse();
        for (int i = 0; i < Limbs; i++)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(reversed[(i * LimbBits / 8)..]);
            ((ulong*)number)[IndexOf(i)] = (word >> (i * LimbBits % 8)) & ((1UL << LimbBits) - 1);
        }
        CryptographicOperations.ZeroMemory(reversed);
    }

    /// <summary>Writes a number below 2^2048 as 256 bytes, big-endian.</summary>
    public static void Write(Residue* number, Span<byte> bytes)
    {
        ulong bits = 0;
        int count = 0, limb = 0;
        for (int i = Size - 1; i >= 0; i--, bits >>= 8, count -= 8)
        {
            if (count < 8)
            {
                bits += ((ulong*)number)[IndexOf(limb++)] << count;
                count += LimbBits;
            }
            bytes[i] = (byte)bits;
        }
    }
}
