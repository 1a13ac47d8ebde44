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
}
