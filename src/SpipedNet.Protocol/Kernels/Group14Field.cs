using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// Montgomery's multiplication modulo group 14's p (P. Montgomery, 1985): a·b/R mod p for some R above 4p, constant-time:
/// branches and addresses depend on row numbers alone. Numbers are in memory aligned to cache lines, or follow such a one.
/// </summary>
/// <remarks>
/// Row i adds a_i·b and q_i·p, q_i chosen so that column i becomes a multiple of a limb's radix, which passes on as a carry.
/// As -1/p = 1 mod 2^64, q_i is the column itself; and q_i·p = q_i·(p + 1) - q_i, where p + 1 ends in 64 zeros.
/// </remarks>
internal abstract unsafe class Group14Field(LimbLayout layout)
{
    private const int CacheLine = 64;

    /// <summary>How it stores numbers.</summary>
    public LimbLayout Layout => layout;

    /// <summary>Words of a number.</summary>
    public int Words => layout.Limbs;

    /// <summary>How many words' room a product works in.</summary>
    public abstract int ScratchWords { get; }

    /// <summary>a·b/R mod p, not quite reduced: below p + a·b/R.</summary>
    /// <param name="a">May be the same as <paramref name="b"/>.</param>
    /// <param name="b">May be the same as <paramref name="a"/>.</param>
    /// <param name="result">May be either of them.</param>
    /// <param name="scratch">Room for <see cref="ScratchWords"/>; the caller zeroes it at last.</param>
    public abstract void Multiply(ulong* a, ulong* b, ulong* result, ulong* scratch);

    /// <summary>Copies one of a table's numbers, reading all of them.</summary>
    public void Select(ulong* table, int count, int index, ulong* result)
    {
        new Span<ulong>(result, Words).Clear();
        for (int i = 0; i < count; i++, table += Words)
        {
            var mask = Vector256.Equals(Vector256.Create((ulong)i), Vector256.Create((ulong)index));
            for (int word = 0; word < Words; word += Vector256<ulong>.Count)
                (Vector256.Load(result + word) | (Vector256.Load(table + word) & mask)).Store(result + word);
        }
    }

    /// <summary>Copies a number.</summary>
    public void Copy(ulong* number, ulong* to) => new Span<ulong>(number, Words).CopyTo(new Span<ulong>(to, Words));

    /// <summary>p + 1, kept for the life of the process.</summary>
    protected static ulong* ReadModulusPlusOne(LimbLayout layout)
    {
        Span<byte> bytes = stackalloc byte[DiffieHellmanGroup14.ElementSize];
        DiffieHellmanGroup14.Modulus.CopyTo(bytes);
        bytes[^8..].Clear(); // p ends in 64 ones, before them 0x68
        bytes[^9]++;
        ulong* number = Allocate(layout.Limbs);
        layout.Read(bytes, number);
        return number;
    }

    /// <summary>Words, all 0.</summary>
    public static ulong* Allocate(int words)
    {
        nuint size = (nuint)words * sizeof(ulong);
        void* memory = NativeMemory.AlignedAlloc(size, CacheLine);
        NativeMemory.Clear(memory, size);
        return (ulong*)memory;
    }

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    public static void Free(ulong* words) => NativeMemory.AlignedFree(words);

    /// <summary>Bytes in which so many words can be aligned.</summary>
    public static int RoomFor(int words) => (words * sizeof(ulong)) + CacheLine - 1;

    /// <summary>The first aligned word in memory that does not move.</summary>
    public static ulong* AlignIn(Span<byte> memory) =>
        (ulong*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)) + CacheLine - 1) & -CacheLine);
}
