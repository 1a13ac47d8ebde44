using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>How many descriptors this process may have (RLIMIT_NOFILE, whose soft limit the runtime raises to the hard one).</summary>
internal static class DescriptorLimit
{
    // The programs have 92 open when they have started, with one tunnel; the files of their code are most of them.
    private const int LeastForOne = 128;

    /// <summary>The limit; <see cref="int.MaxValue"/> for none.</summary>
    public static unsafe int Current
    {
        get
        {
            nuint* limits = stackalloc nuint[2];
            return Libc.getrlimit(Libc.RLIMIT_NOFILE, limits) == 0 ? (int)nuint.Min(limits[0], int.MaxValue) : int.MaxValue;
        }
    }

    // What connections leave to everything else: the runtime aborts when it cannot open the pipe of a new thread, as for a
    // signal; and look-ups, reloads and whoever asks for the status need some.
    private static int Reserve(int limit) => Math.Min(32, limit / 8);

    /// <summary>Whether a new descriptor, which is the lowest that was free, is one that accepted connections leave free.</summary>
    public static bool IsTooHighToAccept(int descriptor) => Current is var limit && descriptor >= limit - Reserve(limit);

    /// <summary>The same for what is opened besides; later, so that what was accepted reaches its target.</summary>
    public static bool IsTooHighToOpen(int descriptor) => Current is var limit && descriptor >= limit - Reserve(limit) / 2;

    /// <summary>One line that says that it is too low to start so many tunnels with, or null.</summary>
    public static string? Check(int tunnels = 1)
    {
        int limit = Current, least = LeastForOne + tunnels - 1;
        string purpose = tunnels == 1 ? "" : $" for {tunnels} tunnels";
        return limit < least
            ? $"this process may open {limit} files, and {least} are the least it needs{purpose}; raise the limit (ulimit -n, LimitNOFILE= in a unit)"
            : null;
    }
}
