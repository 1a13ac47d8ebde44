using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.Protocol;
using SpipedNet.Systemd;
using SpipedNet.Tunnel;

namespace SpipedNet.Fuzz.Targets;

/// <summary>What a service manager passes in the environment: values of any bytes, separated by NUL bytes.</summary>
internal sealed class EnvironmentTarget : FuzzTarget
{
    private static readonly string[] Variables =
        ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    private static readonly Lazy<Tunnel.Tunnel> Served = new(CreateTunnel);

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

    // One that is not bound: who reports of it asks no more than how many connections are open.
    private static Tunnel.Tunnel CreateTunnel()
    {
        Require(TunnelAddress.TryParse("[127.0.0.1]:1", out TunnelAddress? address, out _), "an address is read");
        var options = new TunnelOptions { Role = TunnelRole.Sender, Source = address!, Targets = [address!] };
        return new Tunnel.Tunnel(options, SharedSecret.FromKeyMaterial("key"u8), new EventLoopGroup(1), NullLogger<Tunnel.Tunnel>.Instance);
    }
}
