using System.Buffers.Binary;

namespace SpipedNet.Protocol.Kernels;

/// <summary>A general-purpose register by its number.</summary>
internal enum Register
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rbx = 3,
    Rbp = 5,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
}

/// <summary>
/// Writes machine instructions, named and encoded as in Intel's manual, volume 2, for what .NET has no intrinsics for.
/// Functions take their arguments in Rdi, Rsi, Rdx, Rcx and R8, and may change those, Rax and R9 to R11 (System V ABI,
/// AMD64, 3.2). Memory is a register's content plus an offset, which is always encoded in 32 bits.
/// </summary>
internal abstract class Assembler
{
    private readonly List<byte> _code = [];

    /// <summary>What was written so far.</summary>
    public byte[] Code => [.. _code];

    /// <summary>Where the next instruction will be.</summary>
    public int Position => _code.Count;

    /// <summary>Jumps back when the last result was not 0.</summary>
    public void Jnz(int target)
    {
        const int Length = 6;
        int distance = target - (Position + Length);
        Append(0x0F, 0x85);
        AppendInt32(distance);
    }

    /// <summary>Spares mixed SSE and AVX code the processor's penalty.</summary>
    public void Vzeroupper() => Append(0xC5, 0xF8, 0x77);

    public void Ret() => Append(0xC3);

    protected void Append(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);

    /// <summary>The ModRM byte for two registers.</summary>
    protected void AppendRegisters(int register, int other) => Append((byte)(0xC0 | ((register & 7) << 3) | (other & 7)));

    /// <summary>The ModRM byte and what follows it for a register and memory.</summary>
    protected void AppendMemory(int register, Register pointer, int offset)
    {
        Append((byte)(0x80 | ((register & 7) << 3) | ((int)pointer & 7)));
        AppendInt32(offset);
    }

    private void AppendInt32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Append(bytes);
    }
}
