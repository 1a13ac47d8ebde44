using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Interop;

/// <summary>
/// Pages that hold machine code: written once, and never writable and executable at the same time. Lives as long as the
/// process.
/// </summary>
internal static unsafe partial class ExecutableMemory
{
    private const int PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;
    private const int MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20;

    /// <summary>A copy of the code that can be called; null where the system forbids such memory.</summary>
    public static void* TryCopy(ReadOnlySpan<byte> code)
    {
        nint memory = mmap(0, (nuint)code.Length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == -1)
            return null;
        code.CopyTo(new Span<byte>((void*)memory, code.Length));
        if (mprotect(memory, (nuint)code.Length, PROT_READ | PROT_EXEC) == 0)
            return (void*)memory;
        _ = munmap(memory, (nuint)code.Length);
        return null;
    }

    [LibraryImport("libc")]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);
}
