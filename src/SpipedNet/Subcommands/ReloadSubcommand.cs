using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Status;

namespace SpipedNet.Subcommands;

/// <summary><c>spiped-net reload</c>: SIGHUP, and how that went, which a signal does not tell.</summary>
internal static class ReloadSubcommand
{
    // Names are looked up meanwhile, each for some seconds when nobody answers.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!ReloadCommandLine.TryParse(arguments, out ReloadOptions? options, out CommandLineStop? stop))
            return stop.Print(SubcommandText.Reload, Console.Out, StandardDescriptor.ErrorText);
        StatusAnswer answer = await StatusClient.AskAsync(options.Socket);
        string? error = FindProcess(answer, options.Name, out ProcessStatus? process) ?? await ReloadAsync(process!.Peer, options.Socket);
        if (error is not null)
            StandardDescriptor.Say(SubcommandText.Reload, error);
        return error is null ? 0 : 1;
    }

    private static string? FindProcess(StatusAnswer answer, string? name, out ProcessStatus? process)
    {
        ProcessStatus[] named = [.. answer.Processes.Where(one => name is null || one.Tunnels.Any(tunnel => StatusText.IsNamed(one, tunnel, name)))];
        process = named.Length == 1 ? named[0] : null;
        return named.Length switch
        {
            1 => null,
            0 when answer.Errors.Count > 0 => answer.Errors[0],
            0 when name is not null => $"no running tunnel is called {name}",
            0 => "no process runs here that could be asked (one with --no-control cannot: send it SIGHUP)",
            _ => $"{named.Length} processes run here{(name is null ? "" : $" that have a tunnel {name}")}: "
                + $"name one of {string.Join(", ", named.Select(one => one.Unit ?? $"{one.Pid}"))}",
        };
    }

    private static async Task<string?> ReloadAsync(int pid, string? socket)
    {
        // Not what the answer says: who has taken a daemon over shall not have root signal others.
        if (pid <= 0)
            return "that process is of another pid namespace: send it SIGHUP there";
        DateTimeOffset sent = DateTimeOffset.UtcNow;
        if (Libc.kill(pid, Libc.SIGHUP) != 0)
            return $"cannot send SIGHUP to process {pid}: {Libc.LastErrorText}";
        while (DateTimeOffset.UtcNow - sent < Patience)
        {
            StatusAnswer answer = await StatusClient.AskAsync(socket);
            if (answer.Processes.FirstOrDefault(one => one.Peer == pid) is not { } process)
                return $"process {pid} has ended";
            if (process.LastReload is { } reload && reload.BeganAt >= sent)
                return reload.Error is null ? null : $"nothing was changed: {reload.Error}";
            await Task.Delay(Pause);
        }

        return $"process {pid} is not done after {Patience.TotalSeconds:0} s; spiped-net status tells when it is";
    }
}
