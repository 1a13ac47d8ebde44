using SpipedNet.CommandLine;
using SpipedNet.CommandLine.Configuration;
using SpipedNet.Tunnel;

namespace SpipedNet.Tunnels;

/// <summary>Says what a configuration would run (<c>--test</c>), its keys read; binds and connects nothing.</summary>
internal static class ConfigurationTest
{
    /// <summary>Prints a line for each tunnel to standard output, or for each mistake to standard error.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(string path)
    {
        if (!ConfigurationFile.TryRead(path, out IReadOnlyList<TunnelDefinition>? tunnels, out IReadOnlyList<string> errors))
        {
            foreach (string error in errors)
                StandardDescriptor.Say(ProgramText.Daemon, error);
            return 1;
        }

        using var loops = new EventLoopGroup(1);
        var lines = new List<string>();
        bool isGood = true;
        foreach (TunnelDefinition definition in tunnels)
        {
            if (TunnelFiles.TryRead(definition, out TunnelFiles? files, out string? error))
                lines.Add(Describe(definition, files, loops));
            else
                StandardDescriptor.Say(ProgramText.Daemon, error);
            isGood &= error is null;
        }

        if (!isGood)
            return 1;
        if (StandardOutput.TryWrite(Console.Out, string.Join('\n', lines), out string? failure))
            return 0;
        StandardDescriptor.Say(ProgramText.Daemon, StandardOutput.Describe(failure));
        return 1;
    }

    private static string Describe(TunnelDefinition definition, TunnelFiles files, EventLoopGroup loops)
    {
        foreach (string warning in files.Warnings)
            StandardDescriptor.Say(ProgramText.Daemon, $"warning: {warning}");
        using var tunnel = new RunningTunnel(definition, files, loops, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        return $"{definition.Name}: {tunnel.Description}";
    }
}
