using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Logging;
using SpipedNet.Status;
using SpipedNet.Systemd;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet;

/// <summary>
/// The daemon from its start to its end. What may fail comes before what others can see; what was done is undone when a
/// later step fails.
/// </summary>
internal sealed class Daemon(
    DaemonOptions options, ReadyReport? report, SignalLifetime signals, DaemonLogs logs, ServiceManager manager)
{
    private readonly ILogger _logger = logs.Factory.CreateLogger<Daemon>();

    /// <summary>Starts, serves until a signal, and stops.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="report">Tells the parent that waits; null in the foreground.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(DaemonOptions options, ReadyReport? report)
    {
        using (report)
        using (var signals = new SignalLifetime())
        using (var logs = new DaemonLogs(options.LogLevel, options.IsSyslog))
        using (var manager = ServiceManager.FromEnvironment())
            return await new Daemon(options, report, signals, logs, manager).RunAsync();
    }

    private async Task<int> RunAsync()
    {
        signals.Logger = manager.Logger = _logger;
        if (!ProgramKey.TryRead(ProgramText.Daemon, options.KeyFile, out KeyFile? key, out string? error))
            return Fail(error);
        using Protocol.SharedSecret secret = key.Secret;
        error = report is null ? null : ReadyReport.LeaveParent();
        if (error is not null)
            return Fail(error);
        signals.StopInOrder(isDaemon: report is not null);
        foreach (string warning in key.Warnings)
            Warn(warning);
        if (!Identity.TryLookUp(options.RunAs, out Identity? identity, out error))
            return Fail(error);
        RedisCredential? credential = null;
        if (options.RedisLogin is { } login && !RedisCredential.TryRead(login.User, login.PasswordFile, out credential, out error))
            return Fail(error);
        using RedisCredential? kept = credential;
        if (!PidFile.TryOpen(options.PidFile, out PidFile? pidFile, out error))
            return Fail(error);

        using (pidFile)
        using (var loops = new EventLoopGroup(Environment.ProcessorCount))
        using (var observers = new Observers(options.Observers, _logger))
        using (var tunnel = new Tunnel.Tunnel(TunnelOptions(credential), secret, loops, logs.Factory.CreateLogger<Tunnel.Tunnel>()))
        {
            try
            {
                error = await observers.StartAsync(identity, loops, () => [tunnel.GetStatus()], signals.StopRequested)
                    ?? await PrepareAsync(tunnel, pidFile, identity);
                if (error is not null)
                    return Fail(error);
                pidFile.Keep();
                await ServeAsync(tunnel, secret.Fingerprint);
            }
            catch (OperationCanceledException) when (signals.StopRequested.IsCancellationRequested)
            {
                // A signal that came before the start was complete, which with -D may be long after it was reported.
                DaemonLog.StoppedBeforeServing(_logger, options.Tunnel.Source);
                pidFile.Keep();
            }

            return signals.ExitStatus;
        }
    }

    private TunnelOptions TunnelOptions(RedisCredential? credential) =>
        options.Tunnel with { TargetCheck = options.Tunnel.TargetCheck is { } check ? check with { Credential = credential } : null };

    // With -D, nobody knows when the names can be looked up: the parent does not wait for that (spiped's main.c).
    private async Task<string?> PrepareAsync(Tunnel.Tunnel tunnel, PidFile pidFile, Identity identity)
    {
        if (options.Tunnel.IsWaitingForNames)
        {
            if (pidFile.Write() is { } early)
                return early;
            report?.Ready();
        }

        int? passed = null;
        if (options.Tunnel.Source.IsPassed && !PassedSocket.TryTake(out passed, out string? missing))
            return missing;
        if (await tunnel.BindAsync(signals.StopRequested, passed) is { } unbound)
            return unbound.Message;
        string? warning = null;
        string? error = pidFile.Write() ?? identity.Assume(out warning);
        if (warning is not null)
            Warn(warning);
        return error;
    }

    private async Task ServeAsync(Tunnel.Tunnel tunnel, string keyFingerprint)
    {
        // Empty: no configuration files, no environment variables, no file watchers.
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = ProgramText.Daemon.Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        // The host has nothing to say that TunnelService does not say better.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IHostLifetime>(signals);
        using var service = new ServiceReport(manager, tunnel);
        builder.Services.AddSingleton<IHostedService>(
            new TunnelService(tunnel, options, keyFingerprint, report, service, signals, _logger));
        // TunnelService knows when a drain has taken long enough.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        using IHost host = builder.Build();
        await host.RunAsync(signals.StopRequested);
    }

    private int Fail(string error)
    {
        // What was logged before comes before; a signal ends a process whose last word nobody reads.
        logs.Flush();
        signals.EndAtOnce();
        if (!logs.IsJournal)
            StandardDescriptor.Say(ProgramText.Daemon, error);
        if (logs.IsJournal || options.IsSyslog)
            DaemonLog.StartFailed(_logger, error);
        return 1;
    }

    private void Warn(string warning)
    {
        // Who starts the program reads standard error, not syslog.
        if (options.IsSyslog)
            StandardDescriptor.Say(ProgramText.Daemon, $"warning: {warning}");
        DaemonLog.StartWarning(_logger, warning);
    }
}
