using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Kernels;

/// <summary>What <see cref="Group14Field"/> needs of p, computed once; public, and kept for the life of the process.</summary>
internal static unsafe class Group14Constants
{
    private const int CacheLine = 64;

    /// <summary>p + 1.</summary>
    public static readonly Residue* ModulusPlusOne = ComputeModulusPlusOne();

    /// <summary>R^2 mod p: a product with it brings a number into Montgomery's form.</summary>
    public static readonly Residue* RadixSquared = ComputeRadixSquared();

    /// <summary>R mod p: 1 in Montgomery's form.</summary>
    public static readonly Residue* One = ComputeOne();

    /// <summary>Numbers, all 0, aligned to cache lines.</summary>
    public static Residue* Allocate(int count)
    {
        nuint size = (nuint)(count * sizeof(Residue));
        void* memory = NativeMemory.AlignedAlloc(size, CacheLine);
        NativeMemory.Clear(memory, size);
        return (Residue*)memory;
    }

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    public static void Free(Residue* numbers) => NativeMemory.AlignedFree(numbers);

    private static Residue* ComputeModulusPlusOne()
    {
        Span<byte> bytes = stackalloc byte[DiffieHellmanGroup14.ElementSize];
        DiffieHellmanGroup14.Modulus.CopyTo(bytes);
        bytes[^8..].Clear(); // p ends in 64 ones, before them 0x68
        bytes[^9]++;
        Residue* number = Allocate(1);
        Residue.Read(bytes, number);
        return number;
    }

    // R = 16^532. What stands for 16 is 16·R mod p = 2^84 · (2^2048 - p): p begins with 64 ones, so that is below R.
    private static Residue* ComputeRadixSquared()
    {
        const int Power = 532, PowerBits = 10, ShiftLimbs = 3;
        Span<byte> bytes = stackalloc byte[DiffieHellmanGroup14.ElementSize];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)~DiffieHellmanGroup14.Modulus[i];
        bytes[^1] = 1;
        Residue* power = Allocate(1), sixteen = Allocate(1), complement = Allocate(1), scratch = Allocate(Group14Field.ScratchSize);
        Residue.Read(bytes, complement);
        for (int i = ShiftLimbs; i < Residue.Limbs; i++)
            ((ulong*)sixteen)[Residue.IndexOf(i)] = ((ulong*)complement)[Residue.IndexOf(i - ShiftLimbs)];

        *power = *sixteen;
        for (int bit = PowerBits - 2; bit >= 0; bit--)
        {
            Group14Field.Multiply(power, power, power, scratch);
            if (((Power >> bit) & 1) != 0)
                Group14Field.Multiply(power, sixteen, power, scratch);
        }
        Free(sixteen);
        Free(complement);
        Free(scratch);
        return power;
    }

    private static Residue* ComputeOne()
    {
        Residue* one = Allocate(1), scratch = Allocate(Group14Field.ScratchSize);
        *(ulong*)one = 1;
        Group14Field.Multiply(one, RadixSquared, one, scratch);
        Free(scratch);
        return one;
    }
}
