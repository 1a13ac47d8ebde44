using System.Globalization;
using SpipedNet.CommandLine;

namespace SpipedNet.Subcommands;

/// <summary>
/// <c>spiped-net redis-mesh</c>: one host's part of a group of Redis whose addresses are the same on every host, as a script,
/// or whether all of the group is reached from here.
/// </summary>
internal static class RedisMeshSubcommand
{
    private const int FewestForFailover = 3;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!RedisMeshCommandLine.TryParse(arguments, out RedisMeshOptions? options, out CommandLineStop? stop))
            return stop.Print(SubcommandText.RedisMesh, Console.Out, StandardDescriptor.ErrorText);
        if (options.IsCheck)
            return await CheckAsync(options);
        if (options.Kind == RedisMeshKind.Sentinel && options.Nodes.Count < FewestForFailover)
            Say("with fewer than three nodes there is no failover: most of the Sentinels have to agree on it, without the one of the lost node");
        return StandardOutput.Print(SubcommandText.RedisMesh, new RedisMeshScript(options).Text);
    }

    private static async Task<int> CheckAsync(RedisMeshOptions options)
    {
        RedisMeshTunnel[] tunnels = [.. RedisMeshTunnel.Of(options)];
        // All at once, since one that hangs takes its time; told in order.
        Task<RedisMeshAnswer>[] dials = [.. tunnels.Select(tunnel => RedisMeshDial.RunAsync(tunnel, options.Self))];
        Task<string?>[] others =
        [
            .. tunnels.Where(tunnel => tunnel.Node == options.Self).Select(RedisMeshReach.CheckReceiverAsync),
            .. tunnels.Select(tunnel => tunnel.Port).Distinct().Select(RedisMeshReach.CheckNobodyAsync),
        ];
        bool isWell = await TellAsync(tunnels, dials);
        foreach (Task<string?> other in others)
        {
            if (await other is { } error)
            {
                Say(error);
                isWell = false;
            }
        }

        return isWell ? 0 : 1;
    }

    private static async Task<bool> TellAsync(RedisMeshTunnel[] tunnels, Task<RedisMeshAnswer>[] dials)
    {
        int width = tunnels.Max(tunnel => tunnel.Instance.Length);
        bool isWell = true;
        var seen = new Dictionary<(RedisMeshService, string), RedisMeshTunnel>();
        foreach ((RedisMeshTunnel tunnel, Task<RedisMeshAnswer> dial) in tunnels.Zip(dials))
        {
            RedisMeshAnswer answer = await dial;
            string? error = answer.Error;
            if (answer.RunId is { } id && !seen.TryAdd((tunnel.Service, id), tunnel))
                error = Same(tunnel, seen[(tunnel.Service, id)]);
            if (error is null)
                Print($"{tunnel.Instance.PadRight(width)} {answer.Time.TotalMilliseconds,8:0.0} ms  {tunnel.Mesh}  {answer.Detail}");
            else
                Say($"{tunnel.Instance}: {tunnel.Mesh}: {error}");
            isWell &= error is null;
        }

        return isWell;
    }

    private static string Same(RedisMeshTunnel tunnel, RedisMeshTunnel first) =>
        $"what answers is the same as at {first.Mesh.Address} (run_id), so one of the two is not {first.Node.Name} or {tunnel.Node.Name}; "
        + "is the list of nodes the same on all hosts, and has the script of redis-mesh run on all of them since it changed?";

    private static void Say(string line) => StandardDescriptor.Say(SubcommandText.RedisMesh, line);

    // The answer is the exit status: it does not depend on whether anybody reads.
    private static void Print(FormattableString line) =>
        StandardOutput.Print(SubcommandText.RedisMesh, line.ToString(CultureInfo.InvariantCulture));
}
