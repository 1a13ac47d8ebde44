using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>What to do about a key file that cannot be read, or is no good.</summary>
internal static class KeyFileAdvice
{
    /// <summary>256 bits: what the protocol makes of the file, SHA-256, has no more.</summary>
    public const int Size = 32;

    /// <summary>The advice after the reason, from its semicolon on; empty when the reason says it all.</summary>
    public static string After(string path, Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException when path[0] == '~' =>
            "; the shell did not expand the ~, as it does only where a word begins with it unquoted; write $HOME instead",
        // Who is told only how to make a key makes a second one at the second host.
        FileNotFoundException => $"; copy it from the other end; or, if there is none yet, make one: {HowToMake(path)}",
        DirectoryNotFoundException => $"; there is no directory {Path.GetDirectoryName(path)}",
        UnauthorizedAccessException when !Directory.Exists(path) =>
            $"; user {Environment.UserName} (id {Libc.geteuid()}) may not read it",
        _ => "",
    };

    /// <summary>How to come by a better key.</summary>
    public static string HowToReplace(string path) =>
        $"copy a good one from the other end, or make one of {Size} random bytes for both: {HowToMake(path)}";

    // A key that others could read for a moment is no secret.
    private static string HowToMake(string path) =>
        $"(umask 077; dd if=/dev/urandom bs={Size} count=1 of={FileName(path)})";

    // A device and standard input have no file that dd could make.
    private static string FileName(string path) =>
        path != KeyFile.StandardInput && FileIdentity.Of(path)?.Kind is null or FileKind.Regular or FileKind.SymbolicLink
            ? ShellWord.Quote(path)
            : "KEYFILE";
}
