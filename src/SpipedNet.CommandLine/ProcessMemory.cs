using System.Runtime.InteropServices;

namespace SpipedNet.CommandLine;

/// <summary>This process's memory, which is to hold a key.</summary>
internal static partial class ProcessMemory
{
    private const int PR_SET_DUMPABLE = 4;

    /// <summary>From now on no core is dumped, and other processes of the same user can't read it or attach (prctl(2)).</summary>
    public static void Close() => _ = prctl(PR_SET_DUMPABLE, 0);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint argument);
}
