using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.CommandLine;
using SpipedNet.CommandLine.Configuration;
using SpipedNet.Hosting;
using SpipedNet.Tunnel;

namespace SpipedNet.Tunnels;

/// <summary>Says what a configuration would run (<c>--test</c>), its keys read; binds and connects nothing.</summary>
internal static class ConfigurationTest
{
    /// <summary>Prints a line for each tunnel to standard output, or for each mistake to standard error.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(DaemonOptions options)
    {
        string path = options.Configuration!;
        IReadOnlyList<TunnelDefinition>? tunnels = null;
        IReadOnlyList<string> errors = Become(options.RunAs) is { } impossible ? [impossible] : [];
        if (errors.Count == 0 && ConfigurationFile.TryRead(path, out tunnels, out errors))
        {
            foreach (string warning in ConfigurationFile.FindWarnings(path))
                Warn(warning);
            if (DescriptorLimit.Check(tunnels.Count) is { } tooFew)
                Warn($"started like this command, {tooFew}");
            errors = ReadFiles(tunnels, out IReadOnlyList<string> lines);
            if (errors.Count == 0)
                return StandardOutput.Print(ProgramText.Daemon, string.Join('\n', lines));
        }

        foreach (string error in errors)
            StandardDescriptor.Say(ProgramText.Daemon, error);
        return 1;
    }

    // As the user that shall read them again at a reload, who may read less than root.
    private static string? Become(UserAndGroup? user) =>
        Identity.TryLookUp(user, out Identity? identity, out string? error) ? identity.Assume(out _) : error;

    private static List<string> ReadFiles(IReadOnlyList<TunnelDefinition> tunnels, out IReadOnlyList<string> lines)
    {
        using var loops = new EventLoopGroup(1);
        var (described, errors, told) = (new List<string>(), new List<string>(), new HashSet<string>());
        foreach (TunnelDefinition definition in tunnels)
        {
            if (!TunnelFiles.TryRead(definition, out TunnelFiles? files, out string? error))
            {
                errors.Add(error);
                continue;
            }

            foreach (string warning in files.Warnings.Where(told.Add))
                Warn(warning);
            using var tunnel = new RunningTunnel(definition, files, loops, NullLogger.Instance);
            described.Add($"{definition.Name}: {tunnel.Description}");
        }

        lines = described;
        return errors;
    }

    private static void Warn(string warning) => StandardDescriptor.Say(ProgramText.Daemon, $"warning: {warning}");
}
