using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.CommandLine;
using SpipedNet.CommandLine.Configuration;
using SpipedNet.Hosting;
using SpipedNet.Logging;
using SpipedNet.Status;
using SpipedNet.Systemd;
using SpipedNet.Tunnel;
using SpipedNet.Tunnels;

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
        manager.Logger = _logger;
        IReadOnlyList<TunnelDefinition>? definitions = options.Tunnel is { } only ? [only] : null;
        if (definitions is null && !ConfigurationFile.TryRead(options.Configuration!, out definitions, out IReadOnlyList<string> mistakes))
            return Fail([.. mistakes]);
        // Later it would be the program's own files that cannot be opened, and nothing could be said.
        if (DescriptorLimit.Check(definitions.Count) is { } tooFew)
            return Fail(tooFew);
        using var loops = new EventLoopGroup(Environment.ProcessorCount);
        using var tunnels = new RunningTunnels(loops, logs);
        List<string> warnings = options.Configuration is { } path ? [.. ConfigurationFile.FindWarnings(path)] : [];
        string? error = tunnels.Load(definitions, warnings.Add) ?? (report is null ? null : ReadyReport.LeaveParent());
        if (error is not null)
            return Fail(error);
        signals.StopInOrder(isDaemon: report is not null);
        warnings.ForEach(Warn);
        if (!Identity.TryLookUp(options.RunAs, out Identity? identity, out error))
            return Fail(error);
        if (!PidFile.TryOpen(options.PidFile, out PidFile? pidFile, out error))
            return Fail(error);
        using (pidFile)
            return await RunAsync(tunnels, loops, pidFile, identity);
    }

    private async Task<int> RunAsync(RunningTunnels tunnels, EventLoopGroup loops, PidFile pidFile, Identity identity)
    {
        using var observers = new Observers(options.Observers, _logger);
        try
        {
            string? error =
                await observers.StartAsync(
                    identity, loops, () => ProcessStatus.Of(tunnels.GetStatus(), tunnels.LastReload), signals.StopRequested)
                ?? await PrepareAsync(tunnels, pidFile, identity);
            if (error is not null)
                return Fail(error);
            pidFile.Keep();
            await ServeAsync(tunnels);
        }
        catch (OperationCanceledException) when (signals.StopRequested.IsCancellationRequested)
        {
            // A signal that came before the start was complete, which with -D may be long after it was reported.
            DaemonLog.StoppedBeforeServing(_logger, tunnels.Subject);
            pidFile.Keep();
        }

        return signals.ExitStatus;
    }

    // With -D, nobody knows when the names can be looked up: the parent does not wait for that (spiped's main.c).
    private async Task<string?> PrepareAsync(RunningTunnels tunnels, PidFile pidFile, Identity identity)
    {
        if (options.Tunnel is { Options.IsWaitingForNames: true })
        {
            if (pidFile.Write() is { } early)
                return early;
            report?.Ready();
        }

        int? passed = null;
        if (options.Tunnel is { Options.Source.IsPassed: true } && !PassedSocket.TryTake(out passed, out string? missing))
            return missing;
        if (await tunnels.BindAsync(passed, signals.StopRequested) is { } unbound)
            return unbound;
        string? warning = null;
        string? error = pidFile.Write() ?? identity.Assume(out warning);
        if (warning is not null)
            Warn(warning);
        if (error is null && options.RunAs is not null && Reload.Foresee(options) is { } unreadable)
            Warn($"-u {options.RunAs}: SIGHUP will change nothing, because that user cannot read it again: {unreadable}");
        return error;
    }

    private async Task ServeAsync(RunningTunnels tunnels)
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
        using var service = new ServiceReport(manager, tunnels);
        builder.Services.AddSingleton<IHostedService>(
            new TunnelService(tunnels, options, report, service, signals, _logger));
        // TunnelService knows when a drain has taken long enough.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        using IHost host = builder.Build();
        await host.RunAsync(signals.StopRequested);
    }

    private int Fail(params string[] errors)
    {
        // What was logged before comes before; a signal ends a process whose last word nobody reads.
        logs.Flush();
        signals.EndAtOnce();
        foreach (string error in errors)
        {
            if (!logs.IsJournal)
                StandardDescriptor.Say(ProgramText.Daemon, error);
            if (logs.IsJournal || options.IsSyslog)
                DaemonLog.StartFailed(_logger, error);
        }

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
