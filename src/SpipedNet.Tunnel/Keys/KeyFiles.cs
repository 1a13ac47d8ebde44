using System.Diagnostics.CodeAnalysis;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel.Keys;

/// <summary>Reads the keys of a tunnel: files, and directories of files NAME.key.</summary>
internal static class KeyFiles
{
    /// <summary>A client's value is tried with each key, 1.4 to 1.7 µs for one (bench/many.md): what more keys cost, a stranger may have for the asking.</summary>
    public const int MaxKeys = 1024;

    private const string Extension = ".key";
    private const int MaxNameLength = 64;

    /// <summary>Reads them all, or says what is wrong with the first that is of no use.</summary>
    /// <param name="paths">Files and directories; one file alone is a key without a name.</param>
    /// <param name="ring">The keys, when the result is true; the caller disposes it.</param>
    /// <param name="warnings">What should be better about the files; a line each.</param>
    /// <param name="error">One line, when the result is false.</param>
    public static bool TryRead(
        IReadOnlyList<string> paths, [NotNullWhen(true)] out KeyRing? ring, out IReadOnlyList<string> warnings,
        [NotNullWhen(false)] out string? error)
    {
        var files = new List<(string Path, string? Name)>();
        var keys = new List<RingKey>();
        var heard = new List<string>();
        error = List(paths, files, heard) ?? Read(files, keys, heard) ?? FindTwins(files, keys);
        warnings = heard;
        ring = error is null ? new KeyRing(keys) : null;
        if (error is not null)
            keys.ForEach(key => key.Secret.Dispose());
        return ring is not null;
    }

    private static string? List(IReadOnlyList<string> paths, List<(string Path, string? Name)> files, List<string> warnings)
    {
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
                files.Add((path, paths.Count == 1 ? null : NameOf(path)));
            else if (ListDirectory(path, files) is { } error)
                return error;
            else if (WritableByOthers.Is(path))
                warnings.Add($"key directory {path}: other users of this machine may put keys there; close it: chmod go-w {ShellWord.Quote(path)}");
        }

        if (files.Count > MaxKeys)
            return $"{files.Count} keys are more than the {MaxKeys} that a tunnel may have (-k); divide them among several tunnels";
        return CheckNames(files) ?? FindNamesakes(files);
    }

    private static string? ListDirectory(string directory, List<(string Path, string? Name)> files)
    {
        try
        {
            // A name that begins with a dot is an editor's, or a copy's that is not complete.
            // Directories, too: one in a key's place shall not pass for the key's removal.
            string[] found = [.. Directory.EnumerateFileSystemEntries(directory, $"*{Extension}").Where(file => !Path.GetFileName(file).StartsWith('.'))];
            Array.Sort(found, StringComparer.Ordinal);
            if (Array.Find(found, file => FileIdentity.KindBehind(file) is not (null or FileKind.Regular)) is { } odd)
                return $"{odd}: it is {FileIdentity.KindBehind(odd)?.Describe()}, and the keys of a directory are regular files (-k)";
            files.AddRange(found.Select(file => (file, (string?)NameOf(file))));
            return found.Length > 0 ? null : $"no key is in the directory {directory} (-k); a client's key is a file NAME{Extension} there";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"cannot list the keys in {directory} (-k): {SystemError.Describe(directory, failure)}";
        }
    }

    private static string? Read(List<(string Path, string? Name)> files, List<RingKey> keys, List<string> warnings)
    {
        foreach ((string path, string? name) in files)
        {
            if (!KeyFile.TryRead(path, out KeyFile? key, out string? error))
                return error;
            keys.Add(new RingKey(key.Secret, name));
            warnings.AddRange(key.Warnings);
        }

        return null;
    }

    private static string NameOf(string path) =>
        path.EndsWith(Extension, StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path);

    private static string? CheckNames(List<(string Path, string? Name)> files)
    {
        foreach ((string path, string? name) in files)
        {
            if (name is not null && !IsFit(name))
                return $"key file {path}: its name, which stands for the client, may have letters, digits and . _ - @, at most {MaxNameLength}";
        }

        return null;
    }

    // It stands in log lines, in metrics' labels and in what status prints.
    private static bool IsFit(string name) => name.Length is > 0 and <= MaxNameLength
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@');

    private static string? FindNamesakes(List<(string Path, string? Name)> files)
    {
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string path, string? name) in files)
        {
            if (name is null || first.TryAdd(name, path))
                continue;
            return Path.GetFullPath(first[name]) == Path.GetFullPath(path)
                ? $"key file {path} is given twice (-k)"
                : $"two keys are called {name}: {first[name]} and {path} (-k); rename one";
        }

        return null;
    }

    // With a key that two clients share, neither could be told from the other, or lose it alone.
    private static string? FindTwins(List<(string Path, string? Name)> files, List<RingKey> keys)
    {
        var first = new Dictionary<string, int>();
        for (int i = 0; i < keys.Count; i++)
        {
            SharedSecret secret = keys[i].Secret;
            if (!first.TryAdd(secret.Fingerprint, i) && keys[first[secret.Fingerprint]].Secret.IsSame(secret))
                return $"{files[first[secret.Fingerprint]].Path} and {files[i].Path} are the same key (-k); each client needs one of its own";
        }

        return null;
    }
}
