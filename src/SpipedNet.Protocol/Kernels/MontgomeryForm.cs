namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// Numbers as a <see cref="Group14Field"/> multiplies them: x stands as x·R mod p, so that a product's 1/R falls away. What
/// it keeps is public and lives as long as the process.
/// </summary>
internal sealed unsafe class MontgomeryForm
{
    private readonly Group14Field _field;
    private readonly ulong* _plainOne;
    private readonly ulong* _radixSquared;

    /// <param name="field">Multiplies.</param>
    public MontgomeryForm(Group14Field field)
    {
        _field = field;
        _plainOne = Group14Field.Allocate(field.Words);
        _plainOne[0] = 1;
        One = Group14Field.Allocate(field.Words);
        ReadRadixTimes256To(0, One);
        _radixSquared = ComputeRadixSquared();
    }

    /// <summary>1, as R mod p or a number above it by a multiple of p.</summary>
    public ulong* One { get; }

    /// <summary>Reads 256 bytes, big-endian.</summary>
    public void Enter(ReadOnlySpan<byte> bytes, ulong* number, ulong* scratch)
    {
        _field.Layout.Read(bytes, number);
        _field.Multiply(number, _radixSquared, number, scratch);
    }

    /// <summary>
    /// Writes a number that is not 0 as 256 bytes, big-endian; changes it. A product with 1 is at most p, and p only for 0.
    /// </summary>
    public void Leave(ulong* number, Span<byte> bytes, ulong* scratch)
    {
        _field.Multiply(number, _plainOne, number, scratch);
        _field.Layout.Write(number, bytes);
    }

    // p begins with 64 ones: 2^2048 - p, which 2^2048 is mod p, has 1984 bits, and may be shifted by R's bits above 2048 and
    // by 8 more before it reaches R.
    private void ReadRadixTimes256To(int power, ulong* number)
    {
        int shift = ((_field.Layout.Bits - (8 * DiffieHellmanGroup14.ElementSize)) / 8) + power;
        Span<byte> bytes = stackalloc byte[DiffieHellmanGroup14.ElementSize - sizeof(ulong) + shift];
        bytes.Clear();
        for (int i = sizeof(ulong); i < DiffieHellmanGroup14.ElementSize; i++)
            bytes[i - sizeof(ulong)] = (byte)~DiffieHellmanGroup14.Modulus[i];
        bytes[^(shift + 1)] = 1;
        _field.Layout.Read(bytes, number);
    }

    // R = 256^n, by squaring and multiplying.
    private ulong* ComputeRadixSquared()
    {
        const int HighestBit = 8;
        int exponent = _field.Layout.Bits / 8; // 256 to 511
        ulong* power = Group14Field.Allocate(_field.Words), base256 = Group14Field.Allocate(_field.Words);
        ulong* scratch = Group14Field.Allocate(_field.ScratchWords);
        ReadRadixTimes256To(1, base256);
        _field.Copy(base256, power);
        for (int bit = HighestBit - 1; bit >= 0; bit--)
        {
            _field.Multiply(power, power, power, scratch);
            if (((exponent >> bit) & 1) != 0)
                _field.Multiply(power, base256, power, scratch);
        }
        Group14Field.Free(base256);
        Group14Field.Free(scratch);
        return power;
    }
}
