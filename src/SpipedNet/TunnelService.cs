using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Logging;
using SpipedNet.Systemd;
using SpipedNet.Tunnels;

namespace SpipedNet;

/// <summary>Runs bound tunnels: accepts from the host's start on, drains at its stop.</summary>
internal sealed class TunnelService(
    RunningTunnels tunnels, DaemonOptions options, ReadyReport? report, ServiceReport service, SignalLifetime signals,
    ILogger logger) : IHostedService
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    // Resets are sent within a moment; a hang must not keep the process from ending.
    private static readonly TimeSpan ResetTime = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        tunnels.Start();
        IReadOnlyList<RunningTunnel> current = tunnels.Current;
        DaemonLog.Started(logger, ProgramText.Version, options.Tunnel is null ? $"{tunnels.Subject} of {options.Configuration}" : current[0].Description);
        foreach (RunningTunnel tunnel in current.Where(tunnel => tunnel.Definition.Name is not null))
            DaemonLog.TunnelStarted(tunnel.Logger, tunnel.Description);
        report?.Ready();
        service.Ready();
        Reload.Start(options, tunnels, service, signals, logger);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task drained = tunnels.DrainAsync();
        service.Stopping();
        Task timeout = Task.Delay(options.DrainTimeout, CancellationToken.None);
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = signals.ExitRequested.Register(exit.SetResult);
        await ReportDrainAsync(Task.WhenAny(drained, exit.Task, timeout));

        if (drained.IsCompleted)
            DaemonLog.Drained(logger, tunnels.Subject);
        else if (exit.Task.IsCompleted)
            DaemonLog.Resetting(logger, tunnels.Subject, Open);
        else
            DaemonLog.DrainTimedOut(logger, tunnels.Subject, options.DrainTimeout.TotalSeconds, Open);
        tunnels.Dispose();
        await Task.WhenAny(drained, Task.Delay(ResetTime, CancellationToken.None));
    }

    private string Open => DaemonLog.Connections(tunnels.OpenConnections);

    private async Task ReportDrainAsync(Task end)
    {
        int reported = -1;
        while (!end.IsCompleted)
        {
            int open = tunnels.OpenConnections;
            if (open != reported)
                DaemonLog.Draining(logger, tunnels.Subject, DaemonLog.Connections(open));
            reported = open;
            await Task.WhenAny(end, Task.Delay(ProgressInterval, CancellationToken.None));
        }
    }
}
