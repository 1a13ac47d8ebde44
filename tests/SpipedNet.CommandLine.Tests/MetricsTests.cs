using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SpipedNet.Metrics;
using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

/// <summary>The metrics, and what names them: the dashboard, the alerts and the manual.</summary>
public sealed partial class MetricsTests : IDisposable
{
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(1000.5);

    private static readonly TunnelStatus Full = new()
    {
        Name = "a\"b\\c\nd", Mode = "decrypt", Source = "[0.0.0.0]:8025", IsListening = true, Targets = [], IsTargetReached = false,
        Keys = [new KeyStatus("app", "fff9065c", 1, 7), new KeyStatus(null, "01234567", 1, 7)], StartedAt = Then, ConnectionsOpen = 3,
        ConnectionsUnproven = 2, ConnectionsLimit = 100, ConnectionsTotal = 9,
        ConnectionsEnded = new Dictionary<string, long> { ["closed"] = 4, ["wrong_key"] = 2 },
        BytesEncrypted = 5_000_000_000, BytesDecrypted = 6, LastHandshakeAt = Then, LastError = new ErrorStatus(Then, "why"),
    };

    private readonly Clock _clock = new();
    private readonly TunnelMeter _meter;
    private readonly PrometheusText _text;
    private IReadOnlyList<TunnelStatus> _tunnels = [Full];
    private ReloadStatus? _lastReload = new(Then, Then, Error: null);
    private int _snapshots;

    public MetricsTests()
    {
        _meter = new TunnelMeter(() =>
        {
            _snapshots++;
            return ProcessStatus.Of(_tunnels, _lastReload);
        }, _clock);
        _text = new PrometheusText(_meter.Meter);
    }

    [Theory]
    [InlineData("""spiped_net_connections_open{tunnel="a\"b\\c\nd"} 3""")]
    [InlineData("""spiped_net_connections_unproven{tunnel="a\"b\\c\nd"} 2""")]
    [InlineData("""spiped_net_connections_limit{tunnel="a\"b\\c\nd"} 100""")]
    [InlineData("""spiped_net_connections_total{tunnel="a\"b\\c\nd"} 9""")]
    [InlineData("""spiped_net_connections_ended_total{tunnel="a\"b\\c\nd",reason="wrong_key"} 2""")]
    [InlineData("""spiped_net_connections_ended_total{tunnel="a\"b\\c\nd",reason="idle"} 0""")]
    [InlineData("""spiped_net_bytes_total{tunnel="a\"b\\c\nd",direction="encrypted"} 5000000000""")]
    [InlineData("""spiped_net_bytes_total{tunnel="a\"b\\c\nd",direction="decrypted"} 6""")]
    [InlineData("""spiped_net_listening{tunnel="a\"b\\c\nd"} 1""")]
    [InlineData("""spiped_net_target_reached{tunnel="a\"b\\c\nd"} 0""")]
    [InlineData("""spiped_net_key_info{tunnel="a\"b\\c\nd",key="app",fingerprint="fff9065c"} 1""")]
    [InlineData("""spiped_net_key_info{tunnel="a\"b\\c\nd",key="01234567",fingerprint="01234567"} 1""")]
    [InlineData("""spiped_net_tunnel_info{tunnel="a\"b\\c\nd",mode="decrypt",source="[0.0.0.0]:8025"} 1""")]
    [InlineData("""spiped_net_build_info{version="0.1.0"} 1""")]
    [InlineData("""spiped_net_start_timestamp_seconds{tunnel="a\"b\\c\nd"} 1000.5""")]
    [InlineData("spiped_net_last_reload_successful 1")]
    [InlineData("spiped_net_last_reload_timestamp_seconds 1000.5")]
    [InlineData("# TYPE spiped_net_connections_total counter")]
    [InlineData("# TYPE spiped_net_connections_open gauge")]
    public void A_tunnels_status_is_told_in_lines_of_Prometheus_text(string line) => Assert.Contains($"\n{line}\n", $"\n{Collect()}", StringComparison.Ordinal);

    [Fact]
    public void A_second_collection_tells_of_then_and_nothing_twice()
    {
        string first = Collect();
        _tunnels = [Full with { ConnectionsOpen = 4 }];
        _clock.Pass(TunnelMeter.SnapshotLife);

        Assert.Equal(
            first.Replace("""d"} 3""", """d"} 4""", StringComparison.Ordinal), Collect());
    }

    [Fact]
    public void What_is_not_known_is_absent_and_without_a_tunnel_only_the_version_is_there()
    {
        _lastReload = null;
        _tunnels = [Full with { IsTargetReached = null, ConnectionsLimit = null, LastHandshakeAt = null, LastError = null }];
        Assert.DoesNotMatch("target_reached|connections_limit|last_", Collect());
        _tunnels = [];
        _clock.Pass(TunnelMeter.SnapshotLife);

        Assert.Equal(["spiped_net_build_info"], NamesIn(Collect()));
    }

    [Fact]
    public void A_reload_that_failed_is_not_successful()
    {
        _lastReload = new ReloadStatus(Then, Then, "tunnels.conf:3: why");

        Assert.Contains("\nspiped_net_last_reload_successful 0\n", Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_instruments_are_read_from_one_look_at_the_tunnels()
    {
        Collect();

        Assert.Equal(1, _snapshots);
    }

    [Fact]
    public void Whoever_listens_to_the_meter_in_this_process_sees_the_same()
    {
        _tunnels = [Full with { Name = "no need of escapes" }];

        (Instrument Instrument, string Sample)[] seen = Listen();

        Assert.Equal("SpipedNet", _meter.Meter.Name);
        Assert.Equal(Collect().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'), seen.Select(of => of.Sample));
    }

    [Theory]
    [InlineData("spiped_net.bytes", "By")]
    [InlineData("spiped_net.connections_ended", "{connection}")]
    [InlineData("spiped_net.start_timestamp", "s")]
    public void Whoever_listens_sees_OpenTelemetrys_units(string name, string unit) => Assert.All(
        Listen().Where(of => of.Instrument.Name == name).Select(of => of.Instrument.Unit).DefaultIfEmpty(), seen => Assert.Equal(unit, seen));

    [Theory]
    [InlineData("packaging/grafana/spiped-net.json")]
    [InlineData("packaging/grafana/alerts.yml")]
    [InlineData("docs/monitoring.md")]
    public void Every_metric_that_is_named_there_is_one_that_is_exported(string file)
    {
        string[] named = NamesIn(File.ReadAllText(InRepository(file)));

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(NamesIn(Collect())));
    }

    [Theory]
    [InlineData("packaging/man/spiped-net.1")]
    public void Every_metric_that_is_exported_is_named_there_and_no_other(string file) => Assert.Equal(
        NamesIn(Collect()).Order(StringComparer.Ordinal), NamesIn(File.ReadAllText(InRepository(file))).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_reason_of_an_end_is_named_in_the_manual() => Assert.All(
        EndReasons.All, word => Assert.Contains($".Ql {word}", File.ReadAllText(InRepository("packaging/man/spiped-net.1")), StringComparison.Ordinal));

    public void Dispose()
    {
        _text.Dispose();
        _meter.Dispose();
    }

    [GeneratedRegex("spiped_net_[a-z_]*[a-z]")]
    private static partial Regex MetricName();

    private static string[] NamesIn(string text) => [.. MetricName().Matches(text).Select(name => name.Value).Distinct()];

    private static string InRepository(string path)
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "SpipedNet.sln")))
            directory = directory.Parent;
        return Path.Combine(directory!.FullName, path);
    }

    // As any other listener in the process, in the order in which the instruments were made.
    private (Instrument Instrument, string Sample)[] Listen()
    {
        var seen = new List<(Instrument, string)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == _meter.Meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add((instrument, SampleOf(instrument, value, tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add((instrument, SampleOf(instrument, value, tags))));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. seen];
    }

    private static string SampleOf<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        string unit = instrument.Unit == "s" ? "_seconds" : "";
        string total = instrument is ObservableCounter<T> ? "_total" : "";
        string labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}=\"{tag.Value}\""));
        return string.Create(
            CultureInfo.InvariantCulture, $"{instrument.Name.Replace('.', '_')}{unit}{total}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}");
    }

    private string Collect() => Encoding.UTF8.GetString(_text.Collect());

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
