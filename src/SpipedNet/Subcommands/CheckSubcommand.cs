using System.Globalization;
using SpipedNet.CommandLine;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary>
/// <c>spiped-net check</c>: whether a tunnel works, and if not, where it does not. Its exit status is a health command's.
/// </summary>
internal static class CheckSubcommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!CheckCommandLine.TryParse(arguments, out CheckOptions? options, out CommandLineStop? stop))
            return stop.Print(SubcommandText.Check, Console.Out, StandardDescriptor.ErrorText);
        if (!ProgramKey.TryRead(SubcommandText.Check, options.KeyFile, out KeyFile? key, out string? error))
            return Fail(error);
        foreach (string warning in key.Warnings)
            StandardDescriptor.Say(SubcommandText.Check, $"warning: {warning}");

        using SharedSecret secret = key.Secret;
        using var loops = new EventLoopGroup(1);
        error = await new TunnelCheck(options, secret, Print).RunAsync(loops);
        return error is null ? 0 : Fail(error);
    }

    // The answer is the exit status: it does not depend on whether anybody reads.
    private static void Print(string step, TimeSpan time, string detail) => StandardOutput.Print(
        SubcommandText.Check,
        string.Create(CultureInfo.InvariantCulture, $"{step,-10}{time.TotalMilliseconds,8:0.0} ms  {detail}"));

    private static int Fail(string line)
    {
        StandardDescriptor.Say(SubcommandText.Check, line);
        return 1;
    }
}
