using System.Runtime.Intrinsics.X86;
using SpipedNet.Protocol.Interop;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// <see cref="Group14Field"/> with AVX-512 IFMA: 40 limbs of 52 bits, R = 2^2080. 0.2 µs on Zen 5, where AVX2 takes 0.63.
/// </summary>
/// <remarks>
/// Rows are added five at a time, whose columns are lane 0 of five vectors. The five quotients are found from these lanes
/// in integers (16 products), before the vectors of q·p are summed up; those of a·b have sums of their own, as they need no
/// quotient. A sum is at most 80·2^52.
/// </remarks>
internal sealed unsafe class Group14Ifma() : Group14Field(Numbers)
{
    private const int N = 5, Lanes = 8, Bits = 52, Groups = Lanes;
    private const int Vector = Lanes * sizeof(ulong);
    private const ulong Mask = (1UL << Bits) - 1;
    private static readonly LimbLayout Numbers = new(N, Lanes, Bits);

    // The constants: p + 1, a limb's mask, and p + 1's limbs 1 to 3 shifted so that bit 52 of a product is its 64th.
    private const int MaskOffset = N * Vector;
    private const int ConstantsSize = MaskOffset + ((N - 1) * sizeof(ulong));

    // The scratch: a group's quotients, then the columns that are left.
    private const int ColumnsOffset = Vector;

    // The function's arguments: where a's next limb is, b, the number of groups, the constants, the scratch.
    private const Register A = Register.Rdi, B = Register.Rsi, Count = Register.Rdx, Constants = Register.Rcx, Scratch = Register.R8;

    // In the loop; MULX takes a factor from Rdx. The first column is what the function returns, the carry, in the end.
    private const Register Counter = Register.R9, Quotient = Register.Rdx, Term = Register.Rax;
    private static readonly Register[] Columns = [Register.R10, Register.R11, Register.Rsi, Register.Rbx, Register.Rbp];

    // The vectors: sums of a·b and of q·p with ten columns each, then b, p + 1 and 0.
    private const int AbSums = 0, QpSums = 10, BVectors = 20, PVectors = 25, Zero = 30;

    private static readonly ulong* ConstantsInMemory = WriteConstants();
    private static readonly void* Function = HasInstructions ? ExecutableMemory.TryCopy(Assemble()) : null;

    /// <summary>Whether this processor has the instructions (CPUID leaf 7, EBX bit 21) and this system lets them be assembled.</summary>
    public static bool IsSupported => Function is not null;

    /// <inheritdoc/>
    public override int ScratchWords => (ColumnsOffset / sizeof(ulong)) + Words;

    private static bool HasInstructions => Avx512F.IsSupported && Bmi2.X64.IsSupported && (X86Base.CpuId(7, 0).Ebx & (1 << 21)) != 0;

    /// <inheritdoc/>
    public override void Multiply(ulong* a, ulong* b, ulong* result, ulong* scratch)
    {
        var add = (delegate* unmanaged[SuppressGCTransition]<ulong*, ulong*, nint, ulong*, ulong*, ulong>)Function;
        ulong carry = add(a, b, Groups, ConstantsInMemory, scratch);
        ulong* columns = scratch + (ColumnsOffset / sizeof(ulong));
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = lane; i < N * Lanes; i += Lanes)
            {
                carry += columns[i];
                result[i] = carry & Mask;
                carry >>= Bits;
            }
        }
    }

    private static byte[] Assemble()
    {
        var code = new IfmaAssembler();
        code.Push(Register.Rbx);
        code.Push(Register.Rbp);
        code.Mov(Counter, Count);
        for (int i = 0; i < N; i++)
        {
            code.Vmovdqa64(BVectors + i, B, i * Vector);
            code.Vmovdqa64(PVectors + i, Constants, i * Vector);
        }

        code.Vpxorq(Zero, Zero, Zero);
        Clear(code, 0);
        code.Vmovq(Columns[0], Zero);
        int loop = code.Position;
        AddGroup(code);
        code.Dec(Counter);
        code.Jnz(loop);

        for (int i = 0; i < N; i++)
        {
            code.Vpaddq(AbSums + i, AbSums + i, QpSums + i);
            code.Vmovdqa64(Scratch, ColumnsOffset + (i * Vector), AbSums + i);
        }

        // VZEROUPPER does not reach these, which have seen secrets.
        for (int vector = 16; vector < 32; vector++)
            code.Vpxorq(vector, vector, vector);
        code.Mov(Register.Rax, Columns[0]);
        code.Pop(Register.Rbp);
        code.Pop(Register.Rbx);
        code.Vzeroupper();
        code.Ret();
        return code.Code;
    }

    private static void AddGroup(IfmaAssembler code)
    {
        Clear(code, N);
        for (int row = 0; row < N; row++)
            AddRow(code, AbSums + row, BVectors, A, row * Vector);
        code.Add(A, sizeof(ulong));
        FindQuotients(code);
        for (int row = 0; row < N; row++)
            AddRow(code, QpSums + row, PVectors, Scratch, row * sizeof(ulong));

        // Lane 0 of the first five columns has become the carry; the others are the next group's, one lane further down.
        foreach (int sums in (ReadOnlySpan<int>)[AbSums, QpSums])
        {
            for (int i = sums; i < sums + N; i++)
            {
                code.Valignq(i, Zero, i, 1);
                code.Vpaddq(i, i, i + N);
            }
        }
    }

    private static void Clear(IfmaAssembler code, int column)
    {
        for (int i = column; i < column + N; i++)
        {
            code.Vpxorq(AbSums + i, Zero, Zero);
            code.Vpxorq(QpSums + i, Zero, Zero);
        }
    }

    private static void AddRow(IfmaAssembler code, int sums, int vectors, Register limb, int offset)
    {
        for (int i = 0; i < N; i++)
            code.Vpmadd52luq(sums + i, vectors + i, limb, offset);
        for (int i = 0; i < N; i++)
            code.Vpmadd52huq(sums + i + 1, vectors + i, limb, offset);
    }

    // What lane 0 of the first five columns adds up to, with the carry from before, in limbs: each is the quotient of its row.
    private static void FindQuotients(IfmaAssembler code)
    {
        for (int i = 0; i < N; i++)
        {
            if (i > 0)
                code.Vmovq(Columns[i], Zero);
            foreach (int sums in (ReadOnlySpan<int>)[AbSums, QpSums])
            {
                code.Vmovq(Term, sums + i);
                code.Add(Columns[i], Term);
            }
        }

        for (int row = 0; row < N; row++)
        {
            code.Mov(Quotient, Columns[row]);
            code.And(Quotient, Constants, MaskOffset);
            code.Mov(Scratch, row * sizeof(ulong), Quotient);
            code.Shr(Columns[row], Bits);
            if (row + 1 < N)
                code.Add(Columns[row + 1], Columns[row]);
            for (int limb = 1; row + limb < N; limb++)
                AddProduct(code, row, limb);
        }

        code.Mov(Columns[0], Columns[^1]);
    }

    // The quotient times limb i of p + 1 belongs to column row + i, what is above 52 bits of it to the column after.
    private static void AddProduct(IfmaAssembler code, int row, int limb)
    {
        code.Mov(Term, Quotient);
        code.Imul(Term, Constants, limb * Vector);
        code.And(Term, Constants, MaskOffset);
        code.Add(Columns[row + limb], Term);
        if (row + limb + 1 == N)
            return;
        code.Mulx(Term, Constants, MaskOffset + (limb * sizeof(ulong)));
        code.Add(Columns[row + limb + 1], Term);
    }

    private static ulong* WriteConstants()
    {
        ulong* constants = Allocate(ConstantsSize / sizeof(ulong)), modulus = ReadModulusPlusOne(Numbers);
        new Span<ulong>(modulus, N * Lanes).CopyTo(new Span<ulong>(constants, N * Lanes));
        ulong* shifted = constants + (MaskOffset / sizeof(ulong));
        shifted[0] = Mask;
        for (int limb = 1; limb < N - 1; limb++)
            shifted[limb] = modulus[Numbers.IndexOf(limb)] << (64 - Bits);
        Free(modulus);
        return constants;
    }
}
