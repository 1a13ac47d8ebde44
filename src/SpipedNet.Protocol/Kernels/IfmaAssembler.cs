namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// The instructions that multiplication with AVX-512 IFMA consists of. Vectors of 512 bits are given by their number, 0 to
/// 31; their lanes have 64 bits.
/// </summary>
internal sealed class IfmaAssembler : Assembler
{
    // The opcode maps 0F, 0F38 and 0F3A, as VEX and EVEX count them.
    private const int Map1 = 1, Map2 = 2, Map3 = 3;

    public void Vmovdqa64(int to, Register from, int offset) => Memory(Map1, 0x6F, to, 0, from, offset);

    public void Vmovdqa64(Register to, int offset, int from) => Memory(Map1, 0x7F, from, 0, to, offset);

    public void Vpxorq(int to, int a, int b) => Vectors(Map1, 0xEF, to, a, b);

    public void Vpaddq(int to, int a, int b) => Vectors(Map1, 0xD4, to, a, b);

    /// <summary>Of the lanes of <paramref name="low"/>, then <paramref name="high"/>, the eight from <paramref name="shift"/> on.</summary>
    public void Valignq(int to, int high, int low, byte shift)
    {
        Vectors(Map3, 0x03, to, high, low);
        Append(shift);
    }

    /// <summary>Adds the lower 52 bits of the products of lanes of 52 bits.</summary>
    public void Vpmadd52luq(int to, int a, int b) => Vectors(Map2, 0xB4, to, a, b);

    /// <summary>The same with a word in memory that stands for all lanes.</summary>
    public void Vpmadd52luq(int to, int a, Register b, int offset) => Memory(Map2, 0xB4, to, a, b, offset, isBroadcast: true);

    /// <summary>Adds the upper 52 bits of the products of lanes of 52 bits.</summary>
    public void Vpmadd52huq(int to, int a, int b) => Vectors(Map2, 0xB5, to, a, b);

    /// <summary>The same with a word in memory that stands for all lanes.</summary>
    public void Vpmadd52huq(int to, int a, Register b, int offset) => Memory(Map2, 0xB5, to, a, b, offset, isBroadcast: true);

    /// <summary>Lane 0.</summary>
    public void Vmovq(Register to, int from)
    {
        Evex(Map1, 0x7E, from, 0, (int)to, extension: 0, length: 0);
        AppendRegisters(from, (int)to);
    }

    public void Mov(Register to, Register from) => Integers(0x8B, (int)to, from);

    public void Mov(Register to, Register from, int offset) => Integers(0x8B, to, from, offset);

    public void Mov(Register to, int offset, Register from) => Integers(0x89, from, to, offset);

    public void Add(Register to, Register addend) => Integers(0x03, (int)to, addend);

    public void Add(Register to, sbyte addend)
    {
        Integers(0x83, 0, to);
        Append((byte)addend);
    }

    public void And(Register to, Register mask, int offset) => Integers(0x23, to, mask, offset);

    public void Shr(Register to, byte count)
    {
        Integers(0xC1, 5, to);
        Append(count);
    }

    public void Dec(Register counter) => Integers(0xFF, 1, counter);

    /// <summary>The lower 64 bits of the product.</summary>
    public void Imul(Register to, Register factor, int offset)
    {
        Append(Rex(to, factor), 0x0F, 0xAF);
        AppendMemory((int)to, factor, offset);
    }

    /// <summary>The upper 64 bits of the product with Rdx: of both halves in one register the upper one stays.</summary>
    public void Mulx(Register to, Register factor, int offset)
    {
        const int Repne = 3, Wide = 0x80;
        Append(0xC4, (byte)((Inverted((int)to, 3) << 7) | (1 << 6) | (Inverted((int)factor, 3) << 5) | Map2));
        Append((byte)(Wide | ((~(int)to & 0xF) << 3) | Repne), 0xF6);
        AppendMemory((int)to, factor, offset);
    }

    public void Push(Register register) => Append((byte)(0x50 | (int)register));

    public void Pop(Register register) => Append((byte)(0x58 | (int)register));

    private void Vectors(int map, byte opcode, int to, int a, int b)
    {
        Evex(map, opcode, to, a, b, extension: b >> 4, length: 2);
        AppendRegisters(to, b);
    }

    private void Memory(int map, byte opcode, int register, int a, Register pointer, int offset, bool isBroadcast = false)
    {
        Evex(map, opcode, register, a, (int)pointer, extension: 0, length: 2, isBroadcast);
        AppendMemory(register, pointer, offset);
    }

    // The registers' higher bits are stored inverted. All these have the prefix 66 and lanes of 64 bits.
    private void Evex(int map, byte opcode, int register, int a, int other, int extension, int length, bool isBroadcast = false)
    {
        const int OperandSize = 1, Wide = 0x80, Fixed = 4;
        Append(0x62);
        Append((byte)((Inverted(register, 3) << 7) | ((extension ^ 1) << 6) | (Inverted(other, 3) << 5) | (Inverted(register, 4) << 4) | map));
        Append((byte)(Wide | ((~a & 0xF) << 3) | Fixed | OperandSize));
        Append((byte)((length << 5) | (isBroadcast ? 0x10 : 0) | (Inverted(a, 4) << 3)), opcode);
    }

    private void Integers(byte opcode, int register, Register other)
    {
        Append(Rex((Register)register, other), opcode);
        AppendRegisters(register, (int)other);
    }

    private void Integers(byte opcode, Register register, Register pointer, int offset)
    {
        Append(Rex(register, pointer), opcode);
        AppendMemory((int)register, pointer, offset);
    }

    // 64 bits, and the registers' fourth bits.
    private static byte Rex(Register register, Register other) => (byte)(0x48 | (((int)register >> 3) << 2) | ((int)other >> 3));

    private static int Inverted(int register, int bit) => ((register >> bit) & 1) ^ 1;
}
