using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.Logging;

namespace SpipedNet.Systemd;

/// <summary>What has started this process as a service and wants to hear of it, as the environment says; or nothing.</summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogTimeVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";

    private readonly string? _address;
    private readonly NotifySocket? _socket;
    private bool _isFailing;

    private ServiceManager(string? address, TimeSpan? watchdogTime)
    {
        _address = address;
        _socket = address is null ? null : NotifySocket.At(address);
        WatchdogTime = _socket is null ? null : watchdogTime;
    }

    public ILogger Logger { private get; set; } = NullLogger.Instance;

    /// <summary>Whether anything listens to what is sent.</summary>
    public bool IsPresent => _socket is not null;

    /// <summary>A service that gives no sign of life for so long is killed; null when nobody watches.</summary>
    public TimeSpan? WatchdogTime { get; }

    /// <summary>Takes what the environment says.</summary>
    public static ServiceManager FromEnvironment()
    {
        string? address = InheritedVariable.Take(SocketVariable);
        string? process = InheritedVariable.Take(WatchdogProcessVariable);
        bool isWatched = long.TryParse(
            InheritedVariable.Take(WatchdogTimeVariable), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds);
        // Without the process's number the variable is meant for whoever has it (sd_watchdog_enabled(3)).
        isWatched &= microseconds is > 0 and < int.MaxValue * 1000L && (process is null || process == $"{Environment.ProcessId}");
        return new ServiceManager(address, isWatched ? TimeSpan.FromMicroseconds(microseconds) : null);
    }

    /// <summary>Sends lines of VARIABLE=value; does nothing when there is no manager.</summary>
    public void Send(params string[] lines)
    {
        string? failure = _socket?.TrySend(string.Join('\n', lines));
        if (failure is not null && !_isFailing)
            DaemonLog.NotifyFailed(Logger, _address!, failure);
        _isFailing = failure is not null;
    }

    public void Dispose() => _socket?.Dispose();
}
