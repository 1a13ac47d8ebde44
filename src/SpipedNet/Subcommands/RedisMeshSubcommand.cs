using System.Globalization;
using SpipedNet.CommandLine;

namespace SpipedNet.Subcommands;

/// <summary>
/// <c>spiped-net redis-mesh</c>: one host's part of a group of Redis whose addresses are the same on every host, as a script,
/// or whether all of the group is reached from here.
/// </summary>
internal static class RedisMeshSubcommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!RedisMeshCommandLine.TryParse(arguments, out RedisMeshOptions? options, out CommandLineStop? stop))
            return stop.Print(SubcommandText.RedisMesh, Console.Out, StandardDescriptor.ErrorText);
        return options.IsCheck
            ? await CheckAsync(options)
            : StandardOutput.Print(SubcommandText.RedisMesh, new RedisMeshScript(options).Text);
    }

    private static async Task<int> CheckAsync(RedisMeshOptions options)
    {
        RedisMeshTunnel[] tunnels = [.. RedisMeshTunnel.Of(options)];
        int width = tunnels.Max(tunnel => tunnel.Instance.Length);
        int status = 0;
        // All at once, since one that hangs takes its time; told in order.
        Task<RedisMeshAnswer>[] dials = [.. tunnels.Select(tunnel => RedisMeshDial.RunAsync(tunnel, options.Self))];
        foreach ((RedisMeshTunnel tunnel, Task<RedisMeshAnswer> dial) in tunnels.Zip(dials))
        {
            RedisMeshAnswer answer = await dial;
            if (answer.Error is null)
                Print($"{tunnel.Instance.PadRight(width)} {answer.Time.TotalMilliseconds,8:0.0} ms  {tunnel.Mesh}  {answer.Detail}");
            else
                StandardDescriptor.Say(SubcommandText.RedisMesh, $"{tunnel.Instance}: {tunnel.Mesh}: {answer.Error}");
            status = answer.Error is null ? status : 1;
        }

        return status;
    }

    // The answer is the exit status: it does not depend on whether anybody reads.
    private static void Print(FormattableString line) =>
        StandardOutput.Print(SubcommandText.RedisMesh, line.ToString(CultureInfo.InvariantCulture));
}
