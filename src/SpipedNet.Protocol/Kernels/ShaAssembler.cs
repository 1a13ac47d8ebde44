namespace SpipedNet.Protocol.Kernels;

/// <summary>The instructions that a SHA-256 kernel consists of. SSE registers are given by their number, 0 to 15.</summary>
internal sealed class ShaAssembler : Assembler
{
    private const byte OperandSize = 0x66, Repeat = 0xF3; // the prefixes that select among an opcode's SSE instructions

    public void Movdqu(int to, Register from, int offset) => Memory([Repeat], [0x0F, 0x6F], to, from, offset);

    public void Movdqu(Register to, int offset, int from) => Memory([Repeat], [0x0F, 0x7F], from, to, offset);

    public void Movdqa(int to, int from) => Registers([OperandSize], [0x0F, 0x6F], to, from);

    public void Paddd(int to, int addend) => Registers([OperandSize], [0x0F, 0xFE], to, addend);

    public void Pshufb(int to, int order) => Registers([OperandSize], [0x0F, 0x38, 0x00], to, order);

    public void Pshufd(int to, int from, byte order) => Registers([OperandSize], [0x0F, 0x70], to, from, order);

    /// <summary>The bytes from <paramref name="shift"/> on of <paramref name="low"/>, then <paramref name="to"/>'s.</summary>
    public void Palignr(int to, int low, byte shift) => Registers([OperandSize], [0x0F, 0x3A, 0x0F], to, low, shift);

    /// <summary>Two rounds, whose sums of message and constant are in the lower half of register 0.</summary>
    public void Sha256Rnds2(int cdgh, int abef) => Registers([], [0x0F, 0x38, 0xCB], cdgh, abef);

    public void Sha256Msg1(int to, int next) => Registers([], [0x0F, 0x38, 0xCC], to, next);

    public void Sha256Msg2(int to, int previous) => Registers([], [0x0F, 0x38, 0xCD], to, previous);

    public void Add(Register pointer, sbyte addend) => Append(0x48, 0x83, (byte)(0xC0 | (int)pointer), (byte)addend);

    public void Dec(Register counter) => Append(0x48, 0xFF, (byte)(0xC8 | (int)counter));

    private void Registers(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, int other, params ReadOnlySpan<byte> immediate)
    {
        Begin(prefix, opcode, register, other);
        AppendRegisters(register, other);
        Append(immediate);
    }

    private void Memory(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, Register pointer, int offset)
    {
        Begin(prefix, opcode, register, (int)pointer);
        AppendMemory(register, pointer, offset);
    }

    // The REX prefix has the registers' fourth bits and stands right before the opcode.
    private void Begin(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, int other)
    {
        Append(prefix);
        if (register >= 8 || other >= 8)
            Append((byte)(0x40 | ((register >> 3) << 2) | (other >> 3)));
        Append(opcode);
    }
}
