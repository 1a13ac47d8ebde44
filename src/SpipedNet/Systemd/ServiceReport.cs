using System.Diagnostics;
using SpipedNet.CommandLine;
using SpipedNet.Logging;
using SpipedNet.Tunnels;

namespace SpipedNet.Systemd;

/// <summary>
/// What the service manager hears of the tunnels: that they are ready, how many connections are open, that they live, that
/// they are read again, that they stop. Without a manager this does nothing and has no timer.
/// </summary>
internal sealed class ServiceReport(ServiceManager manager, RunningTunnels tunnels) : IDisposable
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<PeriodicTimer> _timers = [];
    private string _status = "";
    private bool _isStopping;

    /// <summary>The tunnels accept connections; from now on its status and its life are told.</summary>
    public void Ready()
    {
        if (!manager.IsPresent)
            return;
        SendStatus("READY=1");
        _ = TellStatusAsync(NewTimer(StatusInterval));
        if (manager.WatchdogTime is { } time)
            _ = ShowLifeAsync(NewTimer(LifeInterval(time)));
    }

    /// <summary>What they do is read again (sd_notify(3), RELOADING=1).</summary>
    public void Reloading() => SendStatus("RELOADING=1", $"MONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}");

    /// <summary>That is done, or impossible.</summary>
    public void Reloaded() => SendStatus("READY=1");

    /// <summary>The tunnels accept no more connections.</summary>
    public void Stopping()
    {
        _isStopping = true;
        SendStatus("STOPPING=1");
    }

    public void Dispose() => _timers.ForEach(timer => timer.Dispose());

    // Half of the time, as sd_watchdog_enabled(3) recommends, as far as a timer can count it.
    private static TimeSpan LifeInterval(TimeSpan watchdogTime) =>
        TimeSpan.FromMilliseconds(Math.Max(1, (watchdogTime / 2).TotalMilliseconds));

    private PeriodicTimer NewTimer(TimeSpan interval)
    {
        var timer = new PeriodicTimer(interval);
        _timers.Add(timer);
        return timer;
    }

    private async Task TellStatusAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
            SendStatus();
    }

    // Nothing is sent while an event loop does not answer, however long that takes: that is what the watchdog is for.
    private async Task ShowLifeAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            await tunnels.RespondAsync();
            manager.Send("WATCHDOG=1");
        }
    }

    private string Status
    {
        get
        {
            IReadOnlyList<RunningTunnel> current = tunnels.Current;
            string open = $"{DaemonLog.Connections(tunnels.OpenConnections)} open";
            if (current is [{ Definition.Name: null } only])
                return only.Tunnel.Choice is null ? open : $"{open}; {only.Tunnel.Choice}";
            IEnumerable<string> choices = current.Where(tunnel => tunnel.Tunnel.Choice is not null)
                .Select(tunnel => $"; {tunnel.Definition.Name}: {tunnel.Tunnel.Choice}");
            return $"{tunnels.Subject}, {open}{string.Concat(choices)}";
        }
    }

    private void SendStatus(params string[] news)
    {
        lock (_lock)
        {
            string status = $"{(_isStopping ? "draining: " : "")}{Status}{(tunnels.LastReload?.Error is { } error ? $"; reload failed: {error}" : "")}";
            if (news.Length == 0 && status == _status)
                return;
            _status = status;
            // A new line would begin another assignment.
            manager.Send([.. news, $"STATUS={Printable.Of(status)}"]);
        }
    }
}
