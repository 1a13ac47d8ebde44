namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>Commands that run a program in namespaces of its own (unshare(1)).</summary>
internal static class Namespaces
{
    /// <summary>The beginning of a command that runs its rest in new namespaces.</summary>
    public static string[] Unshare(params string[] options) => Environment.IsPrivilegedProcess
        ? ["unshare", .. options, "--"]
        : ["unshare", "--user", "--map-root-user", .. options, "--"];

    /// <summary>
    /// The beginning of a command whose rest looks names up in <paramref name="hosts"/> and nowhere else. The file may
    /// be rewritten meanwhile, but not replaced.
    /// </summary>
    public static string[] WithHosts(TestDirectory directory, string hosts)
    {
        string nameServices = directory.File("nsswitch.conf");
        File.WriteAllText(nameServices, "hosts: files\n");
        const string script =
            """mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@" """;
        return [.. Unshare("--mount"), "sh", "-c", script, "sh", hosts, nameServices];
    }

    /// <summary>
    /// The beginning of a command that runs its rest in a network of its own, whose kernel speaks for a dead process's
    /// connections for 2 s instead of 60.
    /// </summary>
    public static string[] WithImpatientNetwork() =>
    [
        .. Unshare("--net"), "sh", "-c",
        """ip link set lo up && sysctl -qw net.ipv4.tcp_fin_timeout=2 && exec "$@" """, "sh",
    ];

    /// <summary>The beginning of a command that runs its rest in the network of a process.</summary>
    public static string[] InNetworkOf(int process) => Environment.IsPrivilegedProcess
        ? ["nsenter", "--target", $"{process}", "--net", "--"]
        : ["nsenter", "--target", $"{process}", "--user", "--preserve-credentials", "--net", "--"];
}
