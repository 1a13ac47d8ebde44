using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// 2^(2^258 + x) mod p from a table of powers (Lim and Lee, CRYPTO '94): 12 squarings and 52 products. x is read as 20
/// digits of 13 bits; each of 4 combs takes every 4th digit, and its table has the product of any choice of those five.
/// The table, 40 KiB, is computed once; the whole of a comb's table is read for every product.
/// </summary>
internal static unsafe class Group14GeneratorPower
{
    private const int Combs = 4;
    private const int Teeth = 5;
    private const int DigitBits = 13;
    private const int Choices = 1 << Teeth;

    // An entry's limbs in 32 bits each, padded to a whole number of vectors.
    private const int EntryVectors = (Residue.Vectors + 1) / 2;
    private const int Alignment = 64;

    private const int StartSquarings = 258 - (DigitBits - 1);

    // 2^(2^246): what is still to be squared 12 times makes 2^(2^258) of it.
    private static readonly Residue* Start = Group14Constants.Allocate(1);
    private static readonly Vector256<uint>* Table = ComputeTable();

    /// <param name="x">32 bytes, big-endian.</param>
    /// <param name="result">256 bytes, big-endian.</param>
    [SkipLocalsInit]
    public static void Compute(ReadOnlySpan<byte> x, Span<byte> result)
    {
        const int Numbers = 2 + Group14Field.ScratchSize;
        Residue* power = Residue.AlignIn(stackalloc byte[Residue.RoomFor(Numbers)]);
        Residue* factor = power + 1, scratch = factor + 1;

        *power = *Start;
        for (int bit = DigitBits - 1; bit >= 0; bit--)
        {
            if (bit < DigitBits - 1)
                Group14Field.Multiply(power, power, power, scratch);
            for (int comb = 0; comb < Combs; comb++)
            {
                Select(Table + (comb * Choices * EntryVectors), ReadChoice(x, comb, bit), factor);
                Group14Field.Multiply(power, factor, power, scratch);
            }
        }
        Group14Field.Leave(power, result, scratch);
        CryptographicOperations.ZeroMemory(new Span<byte>(power, Numbers * sizeof(Residue)));
    }

    // The bits at one place of a comb's digits.
    private static int ReadChoice(ReadOnlySpan<byte> x, int comb, int bit)
    {
        int choice = 0;
        for (int tooth = 0; tooth < Teeth; tooth++)
        {
            int position = (((tooth * Combs) + comb) * DigitBits) + bit;
            if (position < 8 * x.Length)
                choice |= ((x[^(1 + (position / 8))] >> (position % 8)) & 1) << tooth;
        }
        return choice;
    }

    private static void Select(Vector256<uint>* table, int choice, Residue* result)
    {
        V* to = (V*)result;
        for (int v = 0; v < EntryVectors; v++)
        {
            Vector256<uint> sum = Vector256<uint>.Zero;
            for (int i = 0; i < Choices; i++)
                sum |= table[(i * EntryVectors) + v] & Vector256.Equals(Vector256.Create((uint)i), Vector256.Create((uint)choice));
            to[2 * v] = Vector256.WidenLower(sum);
            if ((2 * v) + 1 < Residue.Vectors)
                to[(2 * v) + 1] = Vector256.WidenUpper(sum);
        }
    }

    private static Vector256<uint>* ComputeTable()
    {
        Residue* entries = Group14Constants.Allocate(Combs * Choices);
        Residue* scratch = Group14Constants.Allocate(Group14Field.ScratchSize);
        FillTeeth(entries, scratch);
        for (int comb = 0; comb < Combs; comb++)
        {
            Residue* choices = entries + (comb * Choices);
            choices[0] = *Group14Constants.One;
            for (int i = 1; i < Choices; i++)
            {
                if ((i & (i - 1)) != 0)
                    Group14Field.Multiply(choices + (i & (i - 1)), choices + (i & -i), choices + i, scratch);
            }
        }

        nuint size = Combs * Choices * EntryVectors * (nuint)sizeof(Vector256<uint>);
        var table = (Vector256<uint>*)NativeMemory.AlignedAlloc(size, Alignment);
        for (int i = 0; i < Combs * Choices; i++)
            Narrow((V*)(entries + i), table + (i * EntryVectors));
        Group14Constants.Free(entries);
        Group14Constants.Free(scratch);
        return table;
    }

    // Digit t of comb c weighs 2^(13·(4t + c)): so often is 2 squared.
    private static void FillTeeth(Residue* entries, Residue* scratch)
    {
        Span<byte> two = stackalloc byte[DiffieHellmanGroup14.ElementSize];
        two.Clear();
        two[^1] = 2;
        Residue* power = Group14Constants.Allocate(1);
        Group14Field.Enter(two, power, scratch);
        for (int squarings = 0; squarings < Combs * Teeth * DigitBits; squarings++)
        {
            (int digit, int rest) = Math.DivRem(squarings, DigitBits);
            if (rest == 0)
                entries[(digit % Combs * Choices) + (1 << (digit / Combs))] = *power;
            if (squarings == StartSquarings)
                *Start = *power;
            Group14Field.Multiply(power, power, power, scratch);
        }
        Group14Constants.Free(power);
    }

    private static void Narrow(V* number, Vector256<uint>* entry)
    {
        for (int v = 0; v < EntryVectors; v++)
            entry[v] = Vector256.Narrow(number[2 * v], (2 * v) + 1 < Residue.Vectors ? number[(2 * v) + 1] : V.Zero);
    }
}
