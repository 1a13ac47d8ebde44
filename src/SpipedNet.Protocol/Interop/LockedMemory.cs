using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Interop;

/// <summary>Pages that are never written to the swap. They stay locked, for other secrets may lie in the same ones.</summary>
internal static partial class LockedMemory
{
    [LibraryImport("libc")]
    public static partial int mlock(nint address, nuint length);
}
