namespace SpipedNet.Subcommands;

/// <summary>
/// What the first word of a command line asks for instead of a daemon. spiped refuses any word there, so no command line
/// of its means something else here.
/// </summary>
internal static class Subcommand
{
    /// <summary>What to run with the arguments after the word, for the exit status; null when there is no such word.</summary>
    public static Func<string[], Task<int>>? Find(string[] arguments) => arguments is [string word, ..]
        ? word switch
        {
            "keygen" => arguments => Task.FromResult(KeygenSubcommand.Run(arguments)),
            "fingerprint" => arguments => Task.FromResult(FingerprintSubcommand.Run(arguments)),
            "check" => CheckSubcommand.RunAsync,
            "status" => StatusSubcommand.RunAsync,
            "reload" => ReloadSubcommand.RunAsync,
            "redis-mesh" => RedisMeshSubcommand.RunAsync,
            _ => null,
        }
        : null;
}
