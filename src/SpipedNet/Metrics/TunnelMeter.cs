using System.Diagnostics.Metrics;
using SpipedNet.CommandLine;
using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.Metrics;

/// <summary>
/// The tunnels as instruments of System.Diagnostics.Metrics, for whoever listens in this process. Each is read from a snapshot
/// when it is asked for; nothing is recorded where data pass. Labels are bounded by the command line.
/// </summary>
internal sealed class TunnelMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "SpipedNet";

    // Those who listen ask all instruments in one go, and shall see the same moment.
    internal static readonly TimeSpan SnapshotLife = TimeSpan.FromMilliseconds(100);

    private readonly Func<ProcessStatus> _takeSnapshot;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private ProcessStatus? _snapshot;
    private long _snapshotTime;

    public TunnelMeter(Func<ProcessStatus> takeSnapshot, TimeProvider? time = null)
    {
        (_takeSnapshot, _time) = (takeSnapshot, time ?? TimeProvider.System);
        Meter = new Meter(Name, ProgramText.Version);
        AddInfo();
        AddReload();
        AddConnections();
        AddTimes();
        Counter("bytes", "By", "Payload that was carried, by direction.", tunnel =>
            [Of(tunnel.BytesEncrypted, tunnel, "direction", "encrypted"), Of(tunnel.BytesDecrypted, tunnel, "direction", "decrypted")]);
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();

    /// <summary>What a tunnel is called.</summary>
    public static string NameOf(TunnelStatus tunnel) => tunnel.Name ?? tunnel.Source;

    private void AddInfo()
    {
        Meter.CreateObservableGauge(
            "spiped_net.build_info", () => new Measurement<long>(1, new KeyValuePair<string, object?>("version", ProgramText.Version)),
            description: "The program's version.");
        Gauge("tunnel_info", "What a tunnel is, in its labels.", tunnel =>
            [Of(1, tunnel, "mode", tunnel.Mode, "source", tunnel.Source)]);
        Gauge("key_info", "The keys that a tunnel takes, by name, or by fingerprint when they have none.", tunnel =>
            [.. KeysOf(tunnel).Select(key => Of(1, tunnel, "key", key.Name ?? key.Fingerprint, "fingerprint", key.Fingerprint))]);
        Gauge("listening", "Whether a tunnel takes connections; absent when it was removed.", tunnel =>
            tunnel.IsRemoved ? [] : [Of(tunnel.IsListening ? 1 : 0, tunnel)]);
        Gauge(
            "target_reached", "Whether its target is reached, by the checks or the last connection; absent when nothing is known.",
            tunnel => tunnel is { IsTargetReached: { } isReached, IsRemoved: false } ? [Of(isReached ? 1 : 0, tunnel)] : []);
    }

    private void AddReload()
    {
        Meter.CreateObservableGauge(
            "spiped_net.last_reload_successful",
            () => OfReload(reload => reload.Error is null ? 1L : 0L),
            description: "Whether the last reload of configuration and keys succeeded; absent before the first.");
        Meter.CreateObservableGauge(
            "spiped_net.last_reload_timestamp", () => OfReload(reload => Seconds(reload.At)), unit: "s",
            "When that was; absent before the first.");
    }

    private Measurement<T>[] OfReload<T>(Func<ReloadStatus, T> read)
        where T : struct => Snapshot.LastReload is { } reload ? [new Measurement<T>(read(reload))] : [];

    private void AddConnections()
    {
        Gauge("connections_open", "Connections that are open, a receiver's once the client has proved its key.", tunnel =>
            [Of(tunnel.ConnectionsOpen, tunnel)]);
        Gauge("connections_draining", "Connections besides these that were made before the tunnel was changed, or removed.", tunnel =>
            [Of(tunnel.ConnectionsDraining, tunnel)]);
        Gauge("connections_unproven", "Connections whose client has not proved its key yet.", tunnel =>
            [Of(tunnel.ConnectionsUnproven, tunnel)]);
        Gauge("connections_limit", "How many connections may be open; absent when there is no limit.", tunnel =>
            tunnel.ConnectionsLimit is { } limit ? [Of(limit, tunnel)] : []);
        Gauge("key_connections_open", "Connections that are open, by the key that was proved.", tunnel =>
            [.. KeysOf(tunnel).Select(key => Of(key.ConnectionsOpen, tunnel, "key", key.Name ?? key.Fingerprint))]);
        Gauge("key_revoked_connections_open", "Connections that are open although their key was revoked.", tunnel =>
            [Of(tunnel.Keys.Where(key => key.IsRevoked).Sum(key => key.ConnectionsOpen), tunnel)]);
        Counter("key_connections", "{connection}", "Connections whose client has proved a key, by key.", tunnel =>
            [.. KeysOf(tunnel).Select(key => Of(key.ConnectionsTotal, tunnel, "key", key.Name ?? key.Fingerprint))]);
        Counter("connections", "{connection}", "Connections that have come.", tunnel => [Of(tunnel.ConnectionsTotal, tunnel)]);
        // Those that are 0, too: else the first increase of each would not be one.
        Counter("connections_ended", "{connection}", "Connections that have ended or were refused, by reason.", tunnel =>
            [.. EndReasons.All.Select(word => Of(tunnel.ConnectionsEnded.GetValueOrDefault(word), tunnel, "reason", word))]);
    }

    private void AddTimes()
    {
        Time("start", "Since when a tunnel takes connections.", tunnel => tunnel.StartedAt);
        Time("last_handshake", "When the last handshake was complete; absent before.", tunnel => tunnel.LastHandshakeAt);
        Time("last_error", "When a connection last failed; absent before.", tunnel => tunnel.LastError?.At);
    }

    // A revoked key may have the name of the one that has replaced it.
    private static IEnumerable<KeyStatus> KeysOf(TunnelStatus tunnel) => tunnel.Keys.Where(key => !key.IsRevoked);

    private void Time(string name, string description, Func<TunnelStatus, DateTimeOffset?> read) => Meter.CreateObservableGauge(
        $"spiped_net.{name}_timestamp",
        () => Snapshot.Tunnels.Where(tunnel => read(tunnel) is not null).Select(tunnel => new Measurement<double>(
            Seconds(read(tunnel)!.Value), new KeyValuePair<string, object?>("tunnel", NameOf(tunnel)))),
        unit: "s", description);

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    private void Gauge(string name, string description, Func<TunnelStatus, IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableGauge($"spiped_net.{name}", () => Snapshot.Tunnels.SelectMany(read), description: description);

    private void Counter(string name, string unit, string description, Func<TunnelStatus, IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableCounter($"spiped_net.{name}", () => Snapshot.Tunnels.SelectMany(read), unit, description);

    private static Measurement<long> Of(long value, TunnelStatus tunnel, params string[] labels) => new(
        value,
        [
            new("tunnel", NameOf(tunnel)),
            .. labels.Chunk(2).Select(label => new KeyValuePair<string, object?>(label[0], label[1])),
        ]);

    private ProcessStatus Snapshot
    {
        get
        {
            lock (_lock)
            {
                if (_snapshot is null || _time.GetElapsedTime(_snapshotTime) >= SnapshotLife)
                    (_snapshot, _snapshotTime) = (_takeSnapshot(), _time.GetTimestamp());
                return _snapshot;
            }
        }
    }
}
