using System.Reflection;
using System.Runtime.InteropServices;

namespace SpipedNet.Protocol.Interop;

/// <summary>Finds libcrypto, which .NET itself rests on for its cryptography on Linux, under its versioned names.</summary>
internal static class LibCrypto
{
    /// <summary>The name to import from.</summary>
    public const string Name = "libcrypto";

    private static readonly string[] Candidates = ["libcrypto.so.3", "libcrypto.so.1.1"];

    /// <summary>Resolves <see cref="Name"/> for this assembly; each importing class calls it from its static constructor.</summary>
    public static void Register() => _ = Registration.Done;

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string candidate in Candidates)
        {
            if (name == Name && NativeLibrary.TryLoad(candidate, assembly, path, out nint library))
                return library;
        }
        return 0;
    }

    // Once for all importing classes: an assembly has one resolver.
    private static class Registration
    {
        public static readonly bool Done = Set();

        private static bool Set()
        {
            NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, Resolve);
            return true;
        }
    }
}
