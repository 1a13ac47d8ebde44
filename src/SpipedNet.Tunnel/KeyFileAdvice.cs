using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>What to do about a key file that cannot be read or made, or is no good.</summary>
internal static class KeyFileAdvice
{
    /// <summary>256 bits: what the protocol makes of the file, SHA-256, has no more.</summary>
    public const int Size = 32;

    private const string UnexpandedTilde =
        "; the shell did not expand the ~, as it does only where a word begins with it unquoted; write $HOME instead";

    /// <summary>The advice after the reason, from its semicolon on; empty when the reason says it all.</summary>
    public static string After(string path, Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException when path[0] == '~' => UnexpandedTilde,
        // Who is told only how to make a key makes a second one at the second host.
        FileNotFoundException => $"; copy it from the other end; or, if there is none yet, make one: {HowToMake(path)}",
        DirectoryNotFoundException => $"; there is no directory {Path.GetDirectoryName(path)}",
        UnauthorizedAccessException when !Directory.Exists(path) =>
            $"; {User} may not read it",
        _ => "",
    };

    /// <summary>As <see cref="After"/>, about the directory of a file to be made.</summary>
    public static string AfterDirectory(string directory, Errno error) => error switch
    {
        Errno.NoSuchFile when directory[0] == '~' => UnexpandedTilde,
        Errno.NoSuchFile => $"; there is no directory {directory}",
        Errno.NotADirectory => $"; {directory} is none",
        Errno.AccessDenied => $"; {User} may not read the directory {directory}",
        _ => "",
    };

    /// <summary>As <see cref="After"/>, about a file to be made.</summary>
    public static string AfterMaking(string path, string directory, Errno error) => error switch
    {
        // What a keygen leaves that was killed half-way.
        Errno.FileExists when new FileInfo(path) is { LinkTarget: null, Exists: true, Length: < Size } tooShort =>
            $"; it has only {tooShort.Length} of a key's {Size} bytes; if nothing uses it: {HowToMakeAnother(path)}",
        Errno.FileExists => "; a file is never overwritten: use it as it is, or name another",
        Errno.AccessDenied => $"; {User} may not make files in {directory}",
        _ => "",
    };

    /// <summary>How to come by a better key.</summary>
    public static string HowToReplace(string path) =>
        $"copy a good one from the other end, or make one for both: {HowToMakeAnother(path)}";

    private static string HowToMake(string path) => $"spiped-net keygen {ShellWord.OfPath(path)}";

    // What is no file cannot be removed and made again.
    private static string HowToMakeAnother(string path) =>
        path != KeyFile.StandardInput && FileIdentity.Of(path)?.Kind is FileKind.Regular or FileKind.SymbolicLink
            ? $"rm {ShellWord.OfPath(path)} && {HowToMake(path)}"
            : HowToMake("KEYFILE");

    private static string User => $"user {Environment.UserName} (id {Libc.geteuid()})";
}
