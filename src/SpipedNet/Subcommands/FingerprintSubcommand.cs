using SpipedNet.CommandLine;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary><c>spiped-net fingerprint FILE</c>: names a key without showing it.</summary>
internal static class FingerprintSubcommand
{
    public static int Run(string[] arguments)
    {
        if (!FileCommandLine.TryParse(arguments, out string? file, out CommandLineStop? stop))
            return stop.Print(SubcommandText.Fingerprint, Console.Out, StandardDescriptor.ErrorText);
        if (!ProgramKey.TryRead(SubcommandText.Fingerprint, file, out KeyFile? key, out string? error))
        {
            StandardDescriptor.Say(SubcommandText.Fingerprint, error);
            return 1;
        }

        using SharedSecret secret = key.Secret;
        foreach (string warning in key.Warnings)
            StandardDescriptor.Say(SubcommandText.Fingerprint, $"warning: {warning}");
        return StandardOutput.Print(SubcommandText.Fingerprint, secret.Fingerprint);
    }
}
