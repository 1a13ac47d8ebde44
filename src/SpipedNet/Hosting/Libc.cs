using System.Runtime.InteropServices;
using SpipedNet.Tunnel;

namespace SpipedNet.Hosting;

/// <summary>The calls that .NET has none for. Names and arguments are those of the manual pages.</summary>
internal static unsafe partial class Libc
{
    public const int EPERM = 1;

    /// <summary>The system's words for the last call's error.</summary>
    public static string LastErrorText => SystemError.Describe(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int dup2(int from, int to);

    // Returns the error instead of setting errno.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(
        int* processId, string path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int processId, int* status, int options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* getpwnam(string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* getgrnam(string name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getgroups(int size, uint* groups);

    [LibraryImport("libc")]
    public static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setgroups(nuint size, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setgid(uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setuid(uint user);
}
