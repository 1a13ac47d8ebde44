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
    Tunnel.Tunnel tunnel, TunnelOptions options, string keyFingerprint, ReadyReport? report, ServiceReport service,
    SignalLifetime signals, ILogger logger) : IHostedService
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    // Resets are sent within a moment; a hang must not keep SIGINT from ending the process.
    private static readonly TimeSpan ResetTime = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        tunnel.Start();
        string mode = options.Role == TunnelRole.Sender ? "encrypting" : "decrypting";
        DaemonLog.Started(logger, ProgramText.Version, mode, options.Source, options.Target, keyFingerprint);
        report?.Ready();
        service.Ready();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task drained = tunnel.DrainAsync();
        service.Stopping();
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = signals.ExitRequested.Register(exit.SetResult);
        int reported = -1;
        while (!drained.IsCompleted && !exit.Task.IsCompleted)
        {
            int open = tunnel.OpenConnections;
            if (open != reported)
                DaemonLog.Draining(logger, options.Source, DaemonLog.Connections(open));
            reported = open;
            await Task.WhenAny(drained, exit.Task, Task.Delay(ProgressInterval, CancellationToken.None));
        }

        if (drained.IsCompleted)
        {
            DaemonLog.Drained(logger, options.Source);
            return;
        }

        DaemonLog.Resetting(logger, options.Source, DaemonLog.Connections(tunnel.OpenConnections));
        tunnel.Dispose();
        await Task.WhenAny(drained, Task.Delay(ResetTime, CancellationToken.None));
    }
}
