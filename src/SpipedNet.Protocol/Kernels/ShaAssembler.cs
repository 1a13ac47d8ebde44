using System.Buffers.Binary;

namespace SpipedNet.Protocol.Kernels;

/// <summary>The registers that an argument of a function comes in (System V ABI, AMD64, 3.2.3), by their number.</summary>
internal enum Pointer
{
    Rcx = 1,
    Rdx = 2,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
}

/// <summary>
/// Writes the machine instructions that a SHA-256 kernel consists of, named and encoded as in Intel's manual, volume 2:
/// .NET has no intrinsics for SHA256RNDS2 and its kin. SSE registers are given by their number, 0 to 15.
/// </summary>
internal sealed class ShaAssembler
{
    private const byte OperandSize = 0x66, Repeat = 0xF3; // the prefixes that select among an opcode's SSE instructions

    private readonly List<byte> _code = [];

    /// <summary>What was written so far.</summary>
    public byte[] Code => [.. _code];

    /// <summary>Where the next instruction will be.</summary>
    public int Position => _code.Count;

    public void Movdqu(int to, Pointer from, int offset) => Memory([Repeat], [0x0F, 0x6F], to, from, offset);

    public void Movdqu(Pointer to, int offset, int from) => Memory([Repeat], [0x0F, 0x7F], from, to, offset);

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

    public void Add(Pointer pointer, sbyte addend) => Append(0x48, 0x83, (byte)(0xC0 | (int)pointer), (byte)addend);

    public void Dec(Pointer counter) => Append(0x48, 0xFF, (byte)(0xC8 | (int)counter));

    /// <summary>Jumps back when the last result was not 0.</summary>
    public void Jnz(int target)
    {
        const int Length = 6;
        int distance = target - (Position + Length);
        Append(0x0F, 0x85);
        AppendOffset(distance);
    }

    /// <summary>Spares mixed SSE and AVX code the processor's penalty.</summary>
    public void Vzeroupper() => Append(0xC5, 0xF8, 0x77);

    public void Ret() => Append(0xC3);

    private void Registers(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, int other, params ReadOnlySpan<byte> immediate)
    {
        Begin(prefix, opcode, register, other);
        Append((byte)(0xC0 | ((register & 7) << 3) | (other & 7)));
        Append(immediate);
    }

    // With an offset of 32 bits from the pointer.
    private void Memory(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, Pointer pointer, int offset)
    {
        Begin(prefix, opcode, register, (int)pointer);
        Append((byte)(0x80 | ((register & 7) << 3) | ((int)pointer & 7)));
        AppendOffset(offset);
    }

    // The REX prefix has the registers' fourth bits and stands right before the opcode.
    private void Begin(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, int other)
    {
        Append(prefix);
        if (register >= 8 || other >= 8)
            Append((byte)(0x40 | ((register >> 3) << 2) | (other >> 3)));
        Append(opcode);
    }

    private void AppendOffset(int offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, offset);
        Append(bytes);
    }

    private void Append(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);
}
