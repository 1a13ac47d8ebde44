using SpipedNet.Logging;

namespace SpipedNet.Systemd;

/// <summary>
/// What the service manager hears of a tunnel: that it is ready, how many connections are open, that it lives, that it
/// stops. Without a manager this does nothing and has no timer.
/// </summary>
internal sealed class ServiceReport(ServiceManager manager, Tunnel.Tunnel tunnel) : IDisposable
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<PeriodicTimer> _timers = [];
    private string _status = "";
    private bool _isStopping;

    /// <summary>The tunnel accepts connections; from now on its status and its life are told.</summary>
    public void Ready()
    {
        if (!manager.IsPresent)
            return;
        SendStatus("READY=1");
        _ = TellStatusAsync(NewTimer(StatusInterval));
        if (manager.WatchdogTime is { } time)
            _ = ShowLifeAsync(NewTimer(LifeInterval(time)));
    }

    /// <summary>The tunnel accepts no more connections.</summary>
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
            await tunnel.RespondAsync();
            manager.Send("WATCHDOG=1");
        }
    }

    private void SendStatus(params string[] news)
    {
        lock (_lock)
        {
            string choice = tunnel.Choice is null ? "" : $"; {tunnel.Choice}";
            string open = $"{DaemonLog.Connections(tunnel.OpenConnections)} open{choice}";
            string status = _isStopping ? $"draining: {open}" : open;
            if (news.Length == 0 && status == _status)
                return;
            _status = status;
            manager.Send([.. news, $"STATUS={status}"]);
        }
    }
}
