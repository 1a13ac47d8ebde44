using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel;

namespace SpipedNet.Logging;

/// <summary>What the daemon says, one line an event.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(LogLevel.Information, "spiped-net {Version} started, {Mode}: {Source} to {Targets}, key {Fingerprint}")]
    public static partial void Started(
        ILogger logger, string version, string mode, TunnelAddress source, string targets, string fingerprint);

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    public static partial void StartFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    public static partial void StartWarning(ILogger logger, string warning);

    [LoggerMessage(LogLevel.Information, "draining {Source}: {Open} open")]
    public static partial void Draining(ILogger logger, TunnelAddress source, string open);

    [LoggerMessage(LogLevel.Information, "drained {Source}: no connection is open, exiting")]
    public static partial void Drained(ILogger logger, TunnelAddress source);

    [LoggerMessage(LogLevel.Warning, "drain of {Source} not finished within {Seconds} s (--drain-timeout): resetting {Open}, exiting")]
    public static partial void DrainTimedOut(ILogger logger, TunnelAddress source, double seconds, string open);

    [LoggerMessage(LogLevel.Information, "interrupted at {Source}: resetting {Open}, exiting")]
    public static partial void Resetting(ILogger logger, TunnelAddress source, string open);

    [LoggerMessage(LogLevel.Information, "stopped before it served {Source}, exiting")]
    public static partial void StoppedBeforeServing(ILogger logger, TunnelAddress source);

    [LoggerMessage(LogLevel.Information, "SIGHUP ignored: there is nothing to reload")]
    public static partial void HangupIgnored(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "cannot tell the service manager at {Address} (NOTIFY_SOCKET): {Reason}")]
    public static partial void NotifyFailed(ILogger logger, string address, string reason);

    [LoggerMessage(LogLevel.Debug, "tells its status at {Path}")]
    public static partial void ControlBound(ILogger logger, string path);

    [LoggerMessage(LogLevel.Debug, "cannot tell its status at {Path}: {Reason}")]
    public static partial void ControlUnbound(ILogger logger, string path, string reason);

    [LoggerMessage(LogLevel.Debug, "tells its status nowhere: no directory for the socket")]
    public static partial void ControlNowhere(ILogger logger);

    [LoggerMessage(LogLevel.Information, "metrics at {Address}")]
    public static partial void MetricsServed(ILogger logger, TunnelAddress address);

    [LoggerMessage(LogLevel.Error, "a request for status or metrics failed by an unexpected error")]
    public static partial void ServerFaulted(ILogger logger, Exception unexpected);

    /// <summary>A count of connections, for a line.</summary>
    public static string Connections(int count) => count == 1 ? "1 connection" : $"{count} connections";
}
