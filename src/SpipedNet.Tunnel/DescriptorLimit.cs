using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>How many descriptors this process may have (RLIMIT_NOFILE, whose soft limit the runtime raises to the hard one).</summary>
internal static class DescriptorLimit
{
    // The programs have 92 open when they have started; the files of their code are most of them.
    private const int Least = 128;

    /// <summary>The limit; <see cref="int.MaxValue"/> for none.</summary>
    public static unsafe int Current
    {
        get
        {
            nuint* limits = stackalloc nuint[2];
            return Libc.getrlimit(Libc.RLIMIT_NOFILE, limits) == 0 ? (int)nuint.Min(limits[0], int.MaxValue) : int.MaxValue;
        }
    }

    /// <summary>One line that says that it is too low to start with, or null.</summary>
    public static string? Check() => Current is < Least and var limit
        ? $"this process may open {limit} files, and {Least} are the least it needs; raise the limit (ulimit -n, LimitNOFILE= in a unit)"
        : null;
}
