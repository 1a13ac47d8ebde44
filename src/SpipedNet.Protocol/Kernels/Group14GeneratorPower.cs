using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// 2^(2^258 + x) mod p from a table of powers (Lim and Lee, CRYPTO '94): 12 squarings and 52 products. x is read as 20
/// digits of 13 bits; each of 4 combs takes every 4th digit, and its table has the product of any choice of those five.
/// The table, 128 numbers, is computed once; the whole of a comb's table is read for every product.
/// </summary>
internal sealed unsafe class Group14GeneratorPower
{
    private const int Combs = 4;
    private const int Teeth = 5;
    private const int DigitBits = 13;
    private const int Choices = 1 << Teeth;

    private const int StartSquarings = 258 - (DigitBits - 1);

    private readonly Group14Field _field;
    private readonly MontgomeryForm _form;

    // 2^(2^246): what is still to be squared 12 times makes 2^(2^258) of it.
    private readonly ulong* _start;
    private readonly ulong* _table;

    /// <param name="field">Multiplies.</param>
    /// <param name="form">Its numbers.</param>
    public Group14GeneratorPower(Group14Field field, MontgomeryForm form)
    {
        _field = field;
        _form = form;
        _start = Group14Field.Allocate(field.Words);
        _table = Group14Field.Allocate(Combs * Choices * field.Words);
        ulong* scratch = Group14Field.Allocate(field.ScratchWords);
        FillTeeth(scratch);
        FillChoices(scratch);
        Group14Field.Free(scratch);
    }

    /// <param name="x">32 bytes, big-endian.</param>
    /// <param name="result">256 bytes, big-endian.</param>
    [SkipLocalsInit]
    public void Compute(ReadOnlySpan<byte> x, Span<byte> result)
    {
        int words = (2 * _field.Words) + _field.ScratchWords;
        ulong* power = Group14Field.AlignIn(stackalloc byte[Group14Field.RoomFor(words)]);
        ulong* factor = power + _field.Words, scratch = factor + _field.Words;

        _field.Copy(_start, power);
        for (int bit = DigitBits - 1; bit >= 0; bit--)
        {
            if (bit < DigitBits - 1)
                _field.Multiply(power, power, power, scratch);
            for (int comb = 0; comb < Combs; comb++)
            {
                _field.Select(Entry(comb, 0), Choices, ReadChoice(x, comb, bit), factor);
                _field.Multiply(power, factor, power, scratch);
            }
        }
        _form.Leave(power, result, scratch);
        CryptographicOperations.ZeroMemory(new Span<byte>(power, words * sizeof(ulong)));
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

    private ulong* Entry(int comb, int choice) => _table + (((comb * Choices) + choice) * _field.Words);

    // Digit t of comb c weighs 2^(13·(4t + c)): so often is 2 squared.
    private void FillTeeth(ulong* scratch)
    {
        Span<byte> two = stackalloc byte[DiffieHellmanGroup14.ElementSize];
        two.Clear();
        two[^1] = 2;
        ulong* power = Group14Field.Allocate(_field.Words);
        _form.Enter(two, power, scratch);
        for (int squarings = 0; squarings < Combs * Teeth * DigitBits; squarings++)
        {
            (int digit, int rest) = Math.DivRem(squarings, DigitBits);
            if (rest == 0)
                _field.Copy(power, Entry(digit % Combs, 1 << (digit / Combs)));
            if (squarings == StartSquarings)
                _field.Copy(power, _start);
            _field.Multiply(power, power, power, scratch);
        }
        Group14Field.Free(power);
    }

    // The product of several teeth is that of all but the least with the least.
    private void FillChoices(ulong* scratch)
    {
        for (int comb = 0; comb < Combs; comb++)
        {
            _field.Copy(_form.One, Entry(comb, 0));
            for (int i = 1; i < Choices; i++)
            {
                if ((i & (i - 1)) != 0)
                    _field.Multiply(Entry(comb, i & (i - 1)), Entry(comb, i & -i), Entry(comb, i), scratch);
            }
        }
    }
}
