using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SpipedNet.Protocol.Interop;

namespace SpipedNet.Protocol.Kernels;

/// <summary>
/// SHA-256's compression (FIPS 180-4, 6.2.2) of two messages side by side with the processor's SHA instructions. A round
/// waits for the one before it, 4 cycles for an instruction of which one could begin every 2 (Zen 3), so the second
/// message is nearly free: 480 ns a packet's HMAC, libcrypto's single stream 870.
/// </summary>
internal static unsafe class Sha256Pair
{
    private const int Vector = 16;
    private const int Groups = 16; // of four rounds each
    private const int OrderOffset = Groups * Vector;

    // The function's arguments, and its SSE registers: 0 is what SHA256RNDS2 takes the rounds' words from.
    private const Register States = Register.Rdi, First = Register.Rsi, Second = Register.Rdx, Blocks = Register.Rcx, Constants = Register.R8;
    private const int RoundWords = 0, Temporary = 13, Order = 14;
    private static readonly Stream[] Streams = [new(First, 0, Abef: 1, Cdgh: 2, Words: 5), new(Second, 2 * Vector, Abef: 3, Cdgh: 4, Words: 9)];

    private static readonly byte* ConstantsInMemory = WriteConstants();
    private static readonly void* Function = HasInstructions ? ExecutableMemory.TryCopy(Assemble()) : null;

    /// <summary>Whether this processor has the SHA instructions: CPUID leaf 7, EBX bit 29. libcrypto uses them, too.</summary>
    public static bool HasInstructions =>
        Sse41.IsSupported && Avx.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ebx & (1 << 29)) != 0;

    /// <summary>Whether this processor has the instructions and this system lets them be assembled.</summary>
    public static bool IsSupported => Function is not null;

    /// <summary>Compresses whole blocks of 64 bytes of both messages.</summary>
    /// <param name="states">Two states in the order that <see cref="Load"/> makes.</param>
    /// <param name="first">The first message's blocks.</param>
    /// <param name="second">The second one's.</param>
    /// <param name="blocks">How many, at least 1.</param>
    public static void Compress(Vector128<uint>* states, byte* first, byte* second, int blocks) =>
        ((delegate* unmanaged[SuppressGCTransition]<Vector128<uint>*, byte*, byte*, nint, byte*, void>)Function)(
            states, first, second, blocks, ConstantsInMemory);

    /// <summary>Writes a state as the instructions take it: the words F E B A, then H G D C.</summary>
    public static void Load(in Sha256State state, Vector128<uint>* to)
    {
        Vector128<uint> dcba = Reverse(state.Abcd), hgfe = Reverse(state.Efgh);
        to[0] = Vector128.Create(hgfe.GetUpper(), dcba.GetUpper());
        to[1] = Vector128.Create(hgfe.GetLower(), dcba.GetLower());
    }

    /// <summary>The reverse of <see cref="Load"/>.</summary>
    public static Sha256State Store(Vector128<uint>* from) => new()
    {
        Abcd = Reverse(Vector128.Create(from[1].GetUpper(), from[0].GetUpper())),
        Efgh = Reverse(Vector128.Create(from[1].GetLower(), from[0].GetLower())),
    };

    private static byte[] Assemble()
    {
        var code = new ShaAssembler();
        code.Vzeroupper();
        code.Movdqu(Order, Constants, OrderOffset);
        foreach (Stream stream in Streams)
        {
            code.Movdqu(stream.Abef, States, stream.State);
            code.Movdqu(stream.Cdgh, States, stream.State + Vector);
        }

        int loop = code.Position;
        foreach (Stream stream in Streams)
            LoadBlock(code, stream);
        for (int group = 0; group < Groups; group++)
        {
            foreach (Stream stream in Streams)
                AddRounds(code, stream, group);
        }

        foreach (Stream stream in Streams)
            AddToState(code, stream);
        code.Dec(Blocks);
        code.Jnz(loop);
        code.Ret();
        return code.Code;
    }

    private static void LoadBlock(ShaAssembler code, Stream stream)
    {
        for (int i = 0; i < 4; i++)
        {
            code.Movdqu(stream.Words + i, stream.Message, i * Vector);
            code.Pshufb(stream.Words + i, Order);
        }

        code.Add(stream.Message, Sha256.BlockSize);
    }

    // Four rounds with W_t to W_(t+3), which then become W_(t+16) to W_(t+19).
    private static void AddRounds(ShaAssembler code, Stream stream, int group)
    {
        const byte UpperHalf = 0b00_00_11_10;
        int words = stream.Words + (group % 4), next = stream.Words + ((group + 1) % 4);
        int third = stream.Words + ((group + 2) % 4), last = stream.Words + ((group + 3) % 4);
        code.Movdqu(RoundWords, Constants, group * Vector);
        code.Paddd(RoundWords, words);
        code.Sha256Rnds2(stream.Cdgh, stream.Abef);
        code.Pshufd(RoundWords, RoundWords, UpperHalf);
        code.Sha256Rnds2(stream.Abef, stream.Cdgh);
        if (group >= Groups - 4)
            return;
        code.Sha256Msg1(words, next);
        code.Movdqa(Temporary, last);
        code.Palignr(Temporary, third, sizeof(uint));
        code.Paddd(words, Temporary);
        code.Sha256Msg2(words, last);
    }

    private static void AddToState(ShaAssembler code, Stream stream)
    {
        code.Movdqu(Temporary, States, stream.State);
        code.Paddd(stream.Abef, Temporary);
        code.Movdqu(States, stream.State, stream.Abef);
        code.Movdqu(Temporary, States, stream.State + Vector);
        code.Paddd(stream.Cdgh, Temporary);
        code.Movdqu(States, stream.State + Vector, stream.Cdgh);
    }

    // The round constants, then the order of bytes that turns four big-endian words round.
    private static byte* WriteConstants()
    {
        byte* memory = (byte*)NativeMemory.Alloc(OrderOffset + Vector);
        MemoryMarshal.AsBytes(Sha256.RoundConstants).CopyTo(new Span<byte>(memory, OrderOffset));
        Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12).Store(memory + OrderOffset);
        return memory;
    }

    private static Vector128<uint> Reverse(Vector128<uint> words) => Vector128.Shuffle(words, Vector128.Create(3u, 2, 1, 0));

    // Where a message is, where its state is among both, and its registers: words in four from the given one on.
    private readonly record struct Stream(Register Message, int State, int Abef, int Cdgh, int Words);
}
