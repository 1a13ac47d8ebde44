using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// element^(2^258 + x) mod p with fixed windows of 4 bits (Handbook of Applied Cryptography, 14.82): 256 squarings, 64
/// products, 14 for the table. The whole table is read for every window.
/// </summary>
internal static unsafe class Group14Power
{
    private const int WindowBits = 4;
    private const int TableSize = 1 << WindowBits;

    /// <param name="element">256 bytes, big-endian, 1 to p - 1.</param>
    /// <param name="x">32 bytes, big-endian.</param>
    /// <param name="result">256 bytes, big-endian.</param>
    [SkipLocalsInit]
    public static void Compute(ReadOnlySpan<byte> element, ReadOnlySpan<byte> x, Span<byte> result)
    {
        const int Numbers = TableSize + 2 + Group14Field.ScratchSize;
        Residue* table = Residue.AlignIn(stackalloc byte[Residue.RoomFor(Numbers)]);
        Residue* power = table + TableSize, factor = power + 1, scratch = factor + 1;
        FillTable(element, table, scratch);

        *power = table[4]; // 2^258 = 4 · 16^64: above x's 64 windows stands a 4
        for (int i = 0; i < 2 * x.Length; i++)
        {
            for (int j = 0; j < WindowBits; j++)
                Group14Field.Multiply(power, power, power, scratch);
            Select(table, (x[i / 2] >> (i % 2 == 0 ? WindowBits : 0)) & (TableSize - 1), factor);
            Group14Field.Multiply(power, factor, power, scratch);
        }
        Group14Field.Leave(power, result, scratch);
        CryptographicOperations.ZeroMemory(new Span<byte>(table, Numbers * sizeof(Residue)));
    }

    private static void FillTable(ReadOnlySpan<byte> element, Residue* table, Residue* scratch)
    {
        table[0] = *Group14Constants.One;
        Group14Field.Enter(element, table + 1, scratch);
        for (int i = 2; i < TableSize; i++)
            Group14Field.Multiply(table + i - 1, table + 1, table + i, scratch);
    }

    private static void Select(Residue* table, int index, Residue* result)
    {
        V* to = (V*)result;
        for (int v = 0; v < Residue.Vectors; v++)
        {
            V sum = V.Zero;
            for (int i = 0; i < TableSize; i++)
                sum |= ((V*)(table + i))[v] & Vector256.Equals(Vector256.Create((ulong)i), Vector256.Create((ulong)index));
            to[v] = sum;
        }
    }
}
