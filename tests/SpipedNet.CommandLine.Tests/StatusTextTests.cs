using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

/// <summary>A tunnel's status for people.</summary>
public sealed class StatusTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private static readonly TunnelStatus Full = new()
    {
        Name = "redis", Mode = "encrypt", Source = "[127.0.0.1]:6379", IsListening = false,
        Targets = [new TargetStatus("db:8025", ["[192.0.2.7]:8025", "[192.0.2.8]:8025"])],
        IsTargetReached = false, Keys = [new KeyStatus("app", "fff9065c", 2, 1_234), new KeyStatus(null, "01234567", 0, 0)],
        Allowed = ["192.0.2.0/24", "::1"], ProxyProtocol = "v2",
        StartedAt = Now - TimeSpan.FromDays(2) - TimeSpan.FromHours(3), ConnectionsOpen = 1, ConnectionsUnproven = 2,
        ConnectionsTotal = 12345, ConnectionsEnded = new Dictionary<string, long> { ["broken"] = 3, ["closed"] = 12341, ["wrong_key"] = 2, ["cancelled"] = 1 },
        BytesEncrypted = 1023, BytesDecrypted = 5 << 20, LastHandshakeAt = Now - TimeSpan.FromSeconds(61),
        LastError = new ErrorStatus(Now, "connection from x: \e[31mno"),
    };

    [Fact]
    public void All_that_is_known_is_told_and_nothing_that_moves_the_terminals_cursor() => Assert.Equal(
        """
        tunnel: redis
          process: 42, spiped-net 0.1.0, encrypting
          source: [127.0.0.1]:6379, not listening
          allowed: 192.0.2.0/24, ::1
          target: db:8025 ([192.0.2.7]:8025, [192.0.2.8]:8025)
          proxy protocol: v2
          target reached: no
          key: app (fff9065c), 2 open, 1,234 since the start
          key: 01234567
          started: 2 days, 3 hours ago
          connections: 1 open, 2 not yet authenticated, 12,345 since the start
          ended: 12,341 closed, 3 broken, 2 wrong key, 1 ended by this process
          transfer: 1023 B encrypted, 5.00 MiB decrypted
          rate: 1.50 KiB/s encrypted, 0 B/s decrypted
          latest handshake: 1 minute, 1 second ago
          latest error: now: connection from x: ?[31mno

        """,
        StatusText.Of(Process(Full), Full, Now, new Payload(1536, 0)));

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        TunnelStatus bare = Full with
        {
            Name = null, IsListening = true, IsTargetReached = null, Targets = [new TargetStatus("[192.0.2.7]:1", ["[192.0.2.7]:1"])],
            Allowed = [], ProxyProtocol = null, Keys = [], StartedAt = null, ConnectionsEnded = new Dictionary<string, long>(), ConnectionsUnproven = 0, ConnectionsLimit = 100,
            LastHandshakeAt = null, LastError = null,
        };

        Assert.Equal(
            """
            tunnel: [127.0.0.1]:6379
              process: 42, spiped-net 0.1.0, encrypting
              source: [127.0.0.1]:6379
              target: [192.0.2.7]:1
              connections: 1 of 100 open, 12,345 since the start
              transfer: 1023 B encrypted, 5.00 MiB decrypted

            """,
            StatusText.Of(Process(bare), bare, Now));
    }

    [Fact]
    public void What_a_reload_left_behind_is_told()
    {
        TunnelStatus changed = Full with { Keys = [new KeyStatus("app", "fff9065c", 2, 1_234, IsRevoked: true)], ConnectionsDraining = 3 };

        string text = StatusText.Of(Process(changed), changed, Now);

        Assert.Contains("key: app (fff9065c), revoked, 2 open", text, StringComparison.Ordinal);
        Assert.Contains("connections: 1 open, 3 from before it was changed, 2 not yet", text, StringComparison.Ordinal);
        Assert.Contains("source: [127.0.0.1]:6379, removed\n", StatusText.Of(Process(changed), changed with { IsRemoved = true }, Now), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("a.conf:3: \e[31mno", ", failed, and nothing was changed: a.conf:3: ?[31mno")]
    public void A_process_tells_how_its_last_reload_went(string? error, string expected) => Assert.Equal(
        $"process: 42, spiped-net 0.1.0\n  latest reload: 1 minute ago{expected}\n",
        StatusText.Of(Process(Full), new ReloadStatus(Now, Now - TimeSpan.FromMinutes(1), error), Now));

    [Fact]
    public void A_socket_without_its_file_is_told()
    {
        TunnelStatus lost = Full with { Source = "/s", IsSourceFound = false };

        Assert.Contains("\n  source: /s, not found: the file of its socket is gone\n", StatusText.Of(Process(lost), lost, Now), StringComparison.Ordinal);
        Assert.Equal(lost.IsSourceFound, StatusJson.Read(StatusJson.Write(Process(lost))).Tunnels[0].IsSourceFound);
    }

    [Theory]
    [InlineData("redis", true)]
    [InlineData("spiped-send@x", true)]
    [InlineData("[127.0.0.1]:6379", true)]
    [InlineData("42", true)]
    [InlineData("red", false)]
    public void A_tunnel_is_called_by_its_name_unit_source_or_process(string name, bool expected) =>
        Assert.Equal(expected, StatusText.IsNamed(Process(Full) with { Unit = "spiped-send@x" }, Full, name));

    [Fact]
    public void Many_tunnels_are_a_line_each_and_a_failed_reload_another()
    {
        TunnelStatus other = Full with { Name = "b", IsListening = true, Targets = [new TargetStatus("[192.0.2.7]:1", [])], BytesEncrypted = 0 };
        ProcessStatus process = Process(Full) with { Tunnels = [Full, other], LastReload = new ReloadStatus(Now, Now, "a.conf:3: why") };

        Assert.Equal(
            """
            TUNNEL  SOURCE            TARGET         OPEN   TOTAL  ENCRYPTED  DECRYPTED
            redis   [127.0.0.1]:6379  db:8025           1  12,345     1023 B   5.00 MiB  not listening
            b       [127.0.0.1]:6379  [192.0.2.7]:1     1  12,345        0 B   5.00 MiB  target not reached
            process: 42, spiped-net 0.1.0
              latest reload: now, failed, and nothing was changed: a.conf:3: why

            """,
            StatusTable.Of([process], Now, rates: null));
        var rates = new Dictionary<string, Payload> { [StatusRates.KeyOf(process, Full)] = new(1024, 1) };
        Assert.Contains("ENCRYPTED/S  DECRYPTED/S\n", StatusTable.Of([process], Now, rates), StringComparison.Ordinal);
        Assert.Contains("1.00 KiB          1 B  not listening\n", StatusTable.Of([process], Now, rates), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "now")]
    [InlineData(1, "1 second ago")]
    [InlineData(3600, "1 hour ago")]
    [InlineData(3661, "1 hour, 1 minute ago")]
    [InlineData(86400 + 59, "1 day ago")]
    public void A_time_has_its_two_largest_units(int seconds, string expected) =>
        Assert.Equal(expected, StatusText.Ago(Now - TimeSpan.FromSeconds(seconds), Now));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(long.MaxValue, "8.00 EiB")]
    public void Bytes_have_the_unit_that_leaves_few_digits(long bytes, string expected) => Assert.Equal(expected, StatusText.Size(bytes));

    [Fact]
    public void A_rate_is_the_difference_of_two_looks_over_the_time_between_them()
    {
        var rates = new StatusRates();
        Assert.Empty(rates.Next([Process(Full)], 0));

        TunnelStatus later = Full with { BytesEncrypted = Full.BytesEncrypted + 3000 };
        IReadOnlyDictionary<string, Payload> next = rates.Next([Process(later)], 2 * System.Diagnostics.Stopwatch.Frequency);

        Assert.Equal(new Payload(1500, 0), Assert.Single(next).Value);
    }

    [Fact]
    public void A_status_survives_its_JSON()
    {
        ProcessStatus reloaded = Process(Full) with { LastReload = new ReloadStatus(Now, Now, "why") };
        string json = StatusJson.WriteAll([reloaded]);
        ProcessStatus read = StatusJson.Read(StatusJson.Write(reloaded));

        Assert.Equal(json, StatusJson.WriteAll([read]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"format":2,"version":"9","pid":1,"unit":null,"last_reload":null,"tunnels":[]}""")]
    [InlineData("""{"format":1,"version":"9","pid":1,"unit":null,"last_reload":null,"tunnels":[{}]}""")]
    public void What_is_no_status_of_this_format_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => StatusJson.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    private static ProcessStatus Process(TunnelStatus tunnel) => new("0.1.0", 42, null, [tunnel]);
}
