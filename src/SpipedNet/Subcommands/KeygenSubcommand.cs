using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary><c>spiped-net keygen FILE</c>: makes a key, and says how it comes to the other host.</summary>
internal static class KeygenSubcommand
{
    public static int Run(string[] arguments)
    {
        if (!FileCommandLine.TryParse(arguments, out string? file, out CommandLineStop? stop))
            return stop.Print(SubcommandText.Keygen, Console.Out, StandardDescriptor.ErrorText);
        if (NewKeyFile.TryMake(file, out string? fingerprint, out string? error))
            return StandardOutput.Print(SubcommandText.Keygen, Describe(file, fingerprint));
        StandardDescriptor.Say(SubcommandText.Keygen, error);
        return 1;
    }

    private static string Describe(string file, string fingerprint) => $"""
        made {file}, key {fingerprint}
        Carry it to the other host by a way that you trust, and see there that the fingerprint is the same:
            scp -p {ShellWord.OfPath(file)} HOST:{(Path.IsPathRooted(file) ? ShellWord.OfPath(file) : "")}
            spiped-net fingerprint {ShellWord.OfPath(Path.IsPathRooted(file) ? file : Path.GetFileName(file))}
        """;
}
