using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>Errors of the system in its own words, in lower case so that they fit after a colon.</summary>
internal static class SystemError
{
    private const int ENOENT = 2, EACCES = 13, ENAMETOOLONG = 36, ELOOP = 40;

    /// <summary>The words for an errno.</summary>
    public static string Describe(int errno) => ((Errno)errno).Describe();

    /// <summary>A sentence for the place after a colon: in lower case, unless it begins with a name such as IPv4.</summary>
    public static string Continue(string sentence) => sentence.Length > 1 && char.IsLower(sentence[1])
        ? char.ToLowerInvariant(sentence[0]) + sentence[1..]
        : sentence;

    /// <summary>Why a file could not be opened, read or written, without its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="failure">What the file API threw.</param>
    public static string Describe(string path, Exception failure) => failure switch
    {
        // The runtime calls this a missing permission.
        _ when Directory.Exists(path) => "it is a directory",
        FileNotFoundException or DirectoryNotFoundException => Describe(ENOENT),
        PathTooLongException => Describe(ENAMETOOLONG),
        { HResult: ELOOP } => "it is a symbolic link that leads back to itself",
        // The runtime keeps the errno as the result code of the exception that it wraps, or of the plain IOException.
        UnauthorizedAccessException { InnerException.HResult: > 0 and var errno } => Describe(errno),
        UnauthorizedAccessException => Describe(EACCES),
        { HResult: > 0 and var errno } => Describe(errno),
        _ => failure.Message,
    };
}
