using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// How a <see cref="Group14Field"/> stores numbers: in limbs of some bits, each in a word of 64, the least first. Limb i is
/// in vector i mod <paramref name="Vectors"/>, lane i / <paramref name="Vectors"/>: shifting by a limb is moving on by a
/// vector, and all loads are aligned.
/// </summary>
/// <param name="Vectors">Vectors in a number.</param>
/// <param name="Lanes">Words in a vector.</param>
/// <param name="LimbBits">Bits of a limb, a multiple of 4 up to 52.</param>
internal readonly record struct LimbLayout(int Vectors, int Lanes, int LimbBits)
{
    /// <summary>Limbs, and words, in a number.</summary>
    public int Limbs => Vectors * Lanes;

    /// <summary>Bits of a number.</summary>
    public int Bits => Limbs * LimbBits;

    /// <summary>Where a limb is, counted in words.</summary>
    public int IndexOf(int limb) => (limb % Vectors * Lanes) + (limb / Vectors);

    /// <summary>Reads up to <see cref="Bits"/>, big-endian.</summary>
    public unsafe void Read(ReadOnlySpan<byte> bytes, ulong* number)
    {
        // A limb may begin in the middle of a byte; eight bytes can be read at each.
        Span<byte> reversed = stackalloc byte[(Bits / 8) + sizeof(ulong)];
        reversed.Clear();
        bytes.CopyTo(reversed);
        reversed[..bytes.Length].Reverse();
        for (int i = 0; i < Limbs; i++)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(reversed[(i * LimbBits / 8)..]);
            number[IndexOf(i)] = (word >> (i * LimbBits % 8)) & ((1UL << LimbBits) - 1);
        }
        CryptographicOperations.ZeroMemory(reversed);
    }

    /// <summary>Writes a number that fits, big-endian.</summary>
    public unsafe void Write(ulong* number, Span<byte> bytes)
    {
        ulong bits = 0;
        int count = 0, limb = 0;
        for (int i = bytes.Length - 1; i >= 0; i--, bits >>= 8, count -= 8)
        {
            if (count < 8)
            {
                bits += number[IndexOf(limb++)] << count;
                count += LimbBits;
            }
            bytes[i] = (byte)bits;
        }
    }
}
