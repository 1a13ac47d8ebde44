using System.Globalization;

namespace SpipedNet.Status;

/// <summary>Where control sockets are.</summary>
internal static class ControlPaths
{
    /// <summary>Where root's daemons and the units have theirs.</summary>
    public const string SystemDirectory = "/run/spiped-net";

    private const string ServiceSocket = "control.sock";
    private const string RuntimeDirectory = "RUNTIME_DIRECTORY";
    private const string UserDirectory = "XDG_RUNTIME_DIR";

    /// <summary>Where this process may have one, the best place first.</summary>
    public static IEnumerable<string> ToBind()
    {
        if (ServiceDirectory is { } service)
            yield return Path.Combine(service, ServiceSocket);
        string own = $"{Environment.ProcessId}.sock";
        yield return Path.Combine(SystemDirectory, own);
        if (OfUser is { } user)
            yield return Path.Combine(user, own);
    }

    /// <summary>Where others have theirs.</summary>
    /// <param name="unreadable">Directories that this user may not look into.</param>
    public static IReadOnlyList<string> Found(out IReadOnlyList<string> unreadable)
    {
        var missing = new List<string>();
        var found = new List<string>();
        AddFound(SystemDirectory, found, missing);
        if (OfUser is { } user)
            AddFound(user, found, missing);
        unreadable = missing;
        return found;
    }

    /// <summary>The systemd unit whose socket it is; null for a process's.</summary>
    public static string? UnitOf(string path) =>
        Path.GetFileName(path) == ServiceSocket ? Path.GetFileName(Path.GetDirectoryName(path)) : null;

    /// <summary>The process whose socket it is; null for a unit's.</summary>
    public static int? ProcessOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;

    // A drop-in may ask for more directories, such as for a source that is a UNIX socket.
    private static string? ServiceDirectory
    {
        get
        {
            string[] directories = [.. (Environment.GetEnvironmentVariable(RuntimeDirectory) ?? "").Split(':').Where(Path.IsPathRooted)];
            return directories.FirstOrDefault(path => Path.GetDirectoryName(path) == SystemDirectory) ?? directories.FirstOrDefault();
        }
    }

    private static string? OfUser => Environment.GetEnvironmentVariable(UserDirectory) is { } directory && Path.IsPathRooted(directory)
        ? Path.Combine(directory, "spiped-net")
        : null;

    private static void AddFound(string directory, List<string> found, List<string> unreadable)
    {
        try
        {
            found.AddRange(Directory.GetFiles(directory, "*.sock").Order(StringComparer.Ordinal));
            foreach (string service in Directory.GetDirectories(directory).Order(StringComparer.Ordinal))
                AddIfThere(Path.Combine(service, ServiceSocket), found, unreadable);
        }
        catch (UnauthorizedAccessException)
        {
            unreadable.Add(directory);
        }
        catch (IOException)
        {
            // There is none.
        }
    }

    private static void AddIfThere(string path, List<string> found, List<string> unreadable)
    {
        try
        {
            // Unlike File.Exists it tells who may not look from what is not there.
            _ = File.GetAttributes(path);
            found.Add(path);
        }
        catch (UnauthorizedAccessException)
        {
            unreadable.Add(path);
        }
        catch (IOException)
        {
            // A directory with something else in it.
        }
    }
}
