using System.Text;
using Microsoft.Extensions.Logging;
using SpipedNet.Logging;
using SpipedNet.Systemd;
using SpipedNet.Tunnel;
using SpipedNet.Tunnels;

namespace SpipedNet.Fuzz.Targets;

/// <summary>What a service manager passes in the environment: values of any bytes, separated by NUL bytes.</summary>
internal sealed class EnvironmentTarget : FuzzTarget
{
    private static readonly string[] Variables =
        ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    // None: who reports of them asks no more than how many connections are open.
    private static readonly Lazy<RunningTunnels> Served = new(() => new RunningTunnels(new EventLoopGroup(1), new DaemonLogs(LogLevel.Error, isSyslog: false)));

    private long _passed;
    private long _tried;

    public override string Name => "environment";

    public override string Counts => $"{_tried} environments, {_passed} with a socket";

    public override void Try(ReadOnlySpan<byte> input)
    {
        string[] values = Encoding.Latin1.GetString(input).Split('\0');
        for (int i = 0; i < Variables.Length; i++)
            Environment.SetEnvironmentVariable(Variables[i], i < values.Length && values[i] == "P" ? $"{Environment.ProcessId}" : values.ElementAtOrDefault(i));
        bool isPassed = PassedSocket.TryTake(out int? descriptor, out string? error);
        Require(isPassed == (descriptor == 3) && isPassed == error is null, "either descriptor 3 or a reason");
        using ServiceManager manager = ServiceManager.FromEnvironment();
        Require(manager.WatchdogTime is null || manager.WatchdogTime > TimeSpan.Zero, "a watchdog's time is positive");
        using (var report = new ServiceReport(manager, Served.Value))
        {
            report.Ready();
            report.Stopping();
        }

        Require(Variables.All(name => Environment.GetEnvironmentVariable(name) is null), "nothing is left for children");
        _tried++;
        _passed += isPassed ? 1 : 0;
    }
}
