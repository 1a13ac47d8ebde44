using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// element^(2^258 + x) mod p with fixed windows of 4 bits (Handbook of Applied Cryptography, 14.82): 256 squarings, 64
/// products, 14 for the table. The whole table is read for every window.
/// </summary>
internal sealed unsafe class Group14Power(Group14Field field, MontgomeryForm form)
{
    private const int WindowBits = 4;
    private const int TableSize = 1 << WindowBits;

    /// <param name="element">256 bytes, big-endian, 1 to p - 1.</param>
    /// <param name="x">32 bytes, big-endian.</param>
    /// <param name="result">256 bytes, big-endian.</param>
    [SkipLocalsInit]
    public void Compute(ReadOnlySpan<byte> element, ReadOnlySpan<byte> x, Span<byte> result)
    {
        int words = ((TableSize + 2) * field.Words) + field.ScratchWords;
        ulong* table = Group14Field.AlignIn(stackalloc byte[Group14Field.RoomFor(words)]);
        ulong* power = table + (TableSize * field.Words), factor = power + field.Words, scratch = factor + field.Words;
        FillTable(element, table, scratch);

        field.Copy(table + (4 * field.Words), power); // 2^258 = 4 · 16^64: above x's 64 windows stands a 4
        for (int i = 0; i < 2 * x.Length; i++)
        {
            for (int j = 0; j < WindowBits; j++)
                field.Multiply(power, power, power, scratch);
            field.Select(table, TableSize, (x[i / 2] >> (i % 2 == 0 ? WindowBits : 0)) & (TableSize - 1), factor);
            field.Multiply(power, factor, power, scratch);
        }
        form.Leave(power, result, scratch);
        CryptographicOperations.ZeroMemory(new Span<byte>(table, words * sizeof(ulong)));
    }

    private void FillTable(ReadOnlySpan<byte> element, ulong* table, ulong* scratch)
    {
        ulong* first = table + field.Words;
        field.Copy(form.One, table);
        form.Enter(element, first, scratch);
        for (ulong* power = first; power < table + ((TableSize - 1) * field.Words); power += field.Words)
            field.Multiply(power, first, power + field.Words, scratch);
    }
}
