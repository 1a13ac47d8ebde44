using System.Diagnostics;
using SpipedNet.CommandLine;
using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary><c>spiped-net status</c>: what the running tunnels do, asked of their processes.</summary>
internal static class StatusSubcommand
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    // Moves to the top, and clears from there: less flicker than to clear first.
    private const string Home = "\e[H\e[J";

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!StatusCommandLine.TryParse(arguments, out StatusOptions? options, out CommandLineStop? stop))
            return stop.Print(SubcommandText.Status, Console.Out, StandardDescriptor.ErrorText);
        if (options.IsWatch)
            return await WatchAsync(options);
        StatusAnswer answer = await StatusClient.AskAsync(options.Socket);
        ProcessStatus[] asked = Named(answer.Processes, options.Names);
        // Also when there is none: a reader of the document need not read messages.
        if (options.IsJson && StandardOutput.Print(SubcommandText.Status, StatusJson.WriteAll(asked)) != 0)
            return 1;
        if (!options.IsJson && asked.Length > 0 && StandardOutput.Print(SubcommandText.Status, Text(asked, options, rates: null).TrimEnd('\n')) != 0)
            return 1;
        return Complain(answer, asked, options.Names);
    }

    // Ends with its output's reader, or by a signal. What is not there may come.
    private static async Task<int> WatchAsync(StatusOptions options)
    {
        string start = StandardDescriptor.IsTerminal(StandardDescriptor.Output) ? Home : "";
        var rates = new StatusRates();
        while (true)
        {
            StatusAnswer answer = await StatusClient.AskAsync(options.Socket);
            ProcessStatus[] asked = Named(answer.Processes, options.Names);
            string text = Text(asked, options, rates.Next(asked, Stopwatch.GetTimestamp()));
            string errors = string.Concat(Complaints(answer, asked, options.Names).Select(line => $"{line}\n"));
            if (StandardOutput.Print(SubcommandText.Status, start + text + errors) != 0)
                return 1;
            await Task.Delay(WatchInterval);
        }
    }

    private static string Text(ProcessStatus[] processes, StatusOptions options, IReadOnlyDictionary<string, Payload>? rates)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (options.IsBrief)
            return StatusTable.Of(processes, now, rates);
        return string.Join('\n',
            from process in processes
            let tunnels = from tunnel in process.Tunnels
                          select StatusText.Of(
                              process, tunnel, now,
                              rates is not null && rates.TryGetValue(StatusRates.KeyOf(process, tunnel), out Payload rate) ? rate : null)
            from block in process.LastReload is { } reload ? tunnels.Prepend(StatusText.Of(process, reload, now)) : tunnels
            select block);
    }

    private static ProcessStatus[] Named(IReadOnlyList<ProcessStatus> processes, IReadOnlyList<string> names) =>
    [
        .. from process in processes
           select process with { Tunnels = [.. process.Tunnels.Where(tunnel => IsAsked(process, tunnel, names))] } into some
           where some.Tunnels.Count > 0
           select some,
    ];

    private static bool IsAsked(ProcessStatus process, TunnelStatus tunnel, IReadOnlyList<string> names) =>
        names.Count == 0 || names.Any(name => StatusText.IsNamed(process, tunnel, name));

    private static int Complain(StatusAnswer answer, ProcessStatus[] asked, IReadOnlyList<string> names)
    {
        string[] lines = [.. Complaints(answer, asked, names)];
        foreach (string line in lines)
            StandardDescriptor.Say(SubcommandText.Status, line);
        return lines.Length == 0 ? 0 : 1;
    }

    private static IEnumerable<string> Complaints(
        StatusAnswer answer, ProcessStatus[] asked, IReadOnlyList<string> names)
    {
        foreach (string error in answer.Errors)
            yield return error;
        foreach (string name in names.Where(name => !asked.Any(process => process.Tunnels.Any(tunnel => StatusText.IsNamed(process, tunnel, name)))))
            yield return $"no running tunnel is called {name}";
        if (names.Count == 0 && asked.Length == 0 && answer.Errors.Count == 0)
            yield return "no tunnel runs here whose status may be seen (a daemon with --no-control has none, and stock spiped)";
    }
}
