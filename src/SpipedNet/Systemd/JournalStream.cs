namespace SpipedNet.Systemd;

/// <summary>The connection to systemd's journal that a service is started with (systemd.exec(5), JOURNAL_STREAM).</summary>
internal static class JournalStream
{
    private const string StandardError = "/proc/self/fd/2";

    /// <summary>Whether it still is this process's standard error, which may have been redirected since.</summary>
    public static bool IsStandardError =>
        IsNamed(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), new FileInfo(StandardError).LinkTarget);

    /// <summary>Whether a device and inode, as in <c>8:123</c>, are those of what a descriptor's link names.</summary>
    public static bool IsNamed(string? deviceAndInode, string? link)
    {
        // All sockets are on the one device, so the inode tells.
        int colon = deviceAndInode?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0 && link == $"socket:[{deviceAndInode![(colon + 1)..]}]";
    }
}
