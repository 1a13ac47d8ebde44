using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Logging;
using SpipedNet.Systemd;
using SpipedNet.Tunnel;

namespace SpipedNet;

/// <summary>Runs a bound tunnel: accepts from the host's start on, drains at its stop.</summary>
internal sealed class TunnelService(
    Tunnel.Tunnel tunnel, DaemonOptions options, string keyFingerprint, ReadyReport? report, ServiceReport service,
    SignalLifetime signals, ILogger logger) : IHostedService
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    // Resets are sent within a moment; a hang must not keep the process from ending.
    private static readonly TimeSpan ResetTime = TimeSpan.FromSeconds(1);

    private readonly TunnelOptions _options = options.Tunnel;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        tunnel.Start();
        string mode = _options.Role == TunnelRole.Sender ? "encrypting" : "decrypting";
        DaemonLog.Started(logger, ProgramText.Version, mode, _options.Source, string.Join(", ", _options.Targets), keyFingerprint);
        report?.Ready();
        service.Ready();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task drained = tunnel.DrainAsync();
        service.Stopping();
        Task timeout = Task.Delay(options.DrainTimeout, CancellationToken.None);
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = signals.ExitRequested.Register(exit.SetResult);
        await ReportDrainAsync(Task.WhenAny(drained, exit.Task, timeout));

        if (drained.IsCompleted)
            DaemonLog.Drained(logger, _options.Source);
        else if (exit.Task.IsCompleted)
            DaemonLog.Resetting(logger, _options.Source, Open);
        else
            DaemonLog.DrainTimedOut(logger, _options.Source, options.DrainTimeout.TotalSeconds, Open);
        tunnel.Dispose();
        await Task.WhenAny(drained, Task.Delay(ResetTime, CancellationToken.None));
    }

    private string Open => DaemonLog.Connections(tunnel.OpenConnections);

    private async Task ReportDrainAsync(Task end)
    {
        int reported = -1;
        while (!end.IsCompleted)
        {
            int open = tunnel.OpenConnections;
            if (open != reported)
                DaemonLog.Draining(logger, _options.Source, DaemonLog.Connections(open));
            reported = open;
            await Task.WhenAny(end, Task.Delay(ProgressInterval, CancellationToken.None));
        }
    }
}
