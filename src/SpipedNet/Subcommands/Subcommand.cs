namespace SpipedNet.Subcommands;

/// <summary>
/// What the first word of a command line asks for instead of a daemon. spiped refuses any word there, so no command line
/// of its means something else here.
/// </summary>
internal static class Subcommand
{
    /// <summary>What to run with the arguments after the word, for the exit status; null when there is no such word.</summary>
    public static Func<string[], int>? Find(string[] arguments) => arguments is [string word, ..]
        ? word switch
        {
            "keygen" => KeygenSubcommand.Run,
            "fingerprint" => FingerprintSubcommand.Run,
            _ => null,
        }
        : null;
}
