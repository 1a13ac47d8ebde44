using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel;

namespace SpipedNet.Logging;

/// <summary>What the daemon says, one line an event.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(LogLevel.Information, "spiped-net {Version} started, {What}")]
    public static partial void Started(ILogger logger, string version, string what);

    [LoggerMessage(LogLevel.Information, "{Description}")]
    public static partial void TunnelStarted(ILogger logger, string description);

    [LoggerMessage(LogLevel.Error, "this tunnel could not start, the others run: {Reason}")]
    public static partial void TunnelFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    public static partial void StartFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    public static partial void StartWarning(ILogger logger, string warning);

    [LoggerMessage(LogLevel.Information, "draining {Subject}: {Open} open")]
    public static partial void Draining(ILogger logger, string subject, string open);

    [LoggerMessage(LogLevel.Information, "drained {Subject}: no connection is open, exiting")]
    public static partial void Drained(ILogger logger, string subject);

    [LoggerMessage(LogLevel.Warning, "drain of {Subject} not finished within {Seconds} s (--drain-timeout): resetting {Open}, exiting")]
    public static partial void DrainTimedOut(ILogger logger, string subject, double seconds, string open);

    [LoggerMessage(LogLevel.Information, "interrupted at {Subject}: resetting {Open}, exiting")]
    public static partial void Resetting(ILogger logger, string subject, string open);

    [LoggerMessage(LogLevel.Information, "stopped before it served {Subject}, exiting")]
    public static partial void StoppedBeforeServing(ILogger logger, string subject);

    [LoggerMessage(LogLevel.Information, "reloaded: {Summary}")]
    public static partial void Reloaded(ILogger logger, string summary);

    [LoggerMessage(LogLevel.Error, "reload failed, and nothing was changed: {Reason}")]
    public static partial void ReloadFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "reload ended by an unexpected error")]
    public static partial void ReloadFaulted(ILogger logger, Exception unexpected);

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
