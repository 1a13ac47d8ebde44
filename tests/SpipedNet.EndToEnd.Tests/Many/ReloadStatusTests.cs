using System.Text.Json;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>What status tells of connections that a reload left behind; the other ends are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ReloadStatusTests : IDisposable
{
    private readonly StockEnds _ends = new();
    private readonly string _keys;
    private readonly TestAddress _middle;

    public ReloadStatusTests()
    {
        _keys = Directory.CreateDirectory(_ends.Directory.File("clients")).FullName;
        _middle = TestAddress.Unused(AddressKind.Tcp4, _ends.Directory);
    }

    [Fact]
    public async Task A_connection_from_before_a_change_shows_until_it_ends_and_no_sum_goes_back()
    {
        string alice = Add("alice");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("a"));
        TestAddress source = await _ends.DialAsync(_middle, alice);
        Duplex before = Duplex.Of(await source.ConnectAsync());
        await before.AssertEchoesAsync(1000);
        string? started = (await many.StatusAsync())[0].GetProperty("started_at").GetString();

        await many.ReloadAsync($"{Line("a")} -n 7");
        await before.AssertEchoesAsync(1000);
        using Duplex after = Duplex.Of(await source.ConnectAsync());
        await after.AssertEchoesAsync(100);

        JsonElement changed = await many.UntilAsync("a", now => Number(now, "bytes_encrypted") == 2100, "what both have carried shows");
        Assert.Equal((1, 1, 2), Connections(changed));
        Assert.Equal(started, changed.GetProperty("started_at").GetString());
        Assert.Equal(2, Number(changed.GetProperty("keys")[0], "connections_open"));
        before.CloseOutput();
        await before.CountUntilEndAsync();
        before.Dispose();
        JsonElement ended = await many.UntilAsync("a", now => Number(now, "connections_draining") == 0, "the old connection has ended");
        Assert.Equal((1, 0, 2), Connections(ended));
        Assert.Equal((2100, 1), (Number(ended, "bytes_encrypted"), Number(ended.GetProperty("connections_ended"), "closed")));
        Assert.Equal(2, Number(ended.GetProperty("keys")[0], "connections_total"));
    }

    [Fact]
    public async Task A_tunnel_that_was_removed_shows_while_a_connection_is_open()
    {
        string alice = Add("alice");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("a"));
        using (Duplex connection = Duplex.Of(await (await _ends.DialAsync(_middle, alice)).ConnectAsync()))
        {
            await connection.AssertEchoesAsync();
            string other = $"b: -d -s {TestAddress.Unused(AddressKind.Tcp4, _ends.Directory)} -t {_ends.Target.Address} -k {_keys}";
            await many.ReloadAsync(other);

            JsonElement removed = await many.UntilAsync("a", now => now.GetProperty("is_removed").GetBoolean(), "the removal shows");
            Assert.Equal((0, 1, 1), Connections(removed));
        }

        await Deadline.UntilAsync(async () => (await many.StatusAsync()).Length == 1, "it is gone with its last connection");
    }

    [Fact]
    public async Task A_revoked_key_shows_while_a_connection_has_it()
    {
        (string alice, _) = (Add("alice"), Add("bob"));
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("a"));
        using (Duplex connection = Duplex.Of(await (await _ends.DialAsync(_middle, alice)).ConnectAsync()))
        {
            await connection.AssertEchoesAsync();
            File.Delete(Path.Combine(_keys, "alice.key"));
            await many.ReloadAsync();

            JsonElement status = await many.UntilAsync("a", now => now.GetProperty("keys").GetArrayLength() == 2, "both keys show");
            Assert.Equal([("bob", false, 0, 0), ("alice", true, 1, 1)], Keys(status));
        }

        await many.UntilAsync("a", now => now.GetProperty("keys").GetArrayLength() == 1, "it is gone with its last connection");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_is_back_has_the_connections_that_it_had(bool isTunnelChanged)
    {
        (string alice, _) = (Add("alice"), Add("bob"));
        string file = Path.Combine(_keys, "alice.key");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("a"));
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(_middle, alice)).ConnectAsync());
        await connection.AssertEchoesAsync();
        File.Delete(file);
        Assert.Contains("1 connection kept whose keys were removed", await many.ReloadAsync(), StringComparison.Ordinal);
        if (isTunnelChanged)
            await many.ReloadAsync($"{Line("a")} -n 7");

        File.Copy(alice, file);
        await many.ReloadAsync();
        Assert.Equal([("alice", false, 1, 1), ("bob", false, 0, 0)], Keys((await many.StatusAsync())[0]));
        await many.ReloadAsync($"{Line("a")} --revoke close");

        Assert.Equal([("alice", false, 1, 1), ("bob", false, 0, 0)], Keys((await many.StatusAsync())[0]));
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_connection_whose_key_is_revoked_is_counted_as_that()
    {
        (string alice, _) = (Add("alice"), Add("bob"));
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, $"{Line("a")} --revoke close");
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(_middle, alice)).ConnectAsync());
        await connection.AssertEchoesAsync();

        File.Delete(Path.Combine(_keys, "alice.key"));
        await many.ReloadAsync();

        JsonElement status = await many.UntilAsync("a", now => Number(now, "connections_open") == 0, "it has ended");
        Assert.Equal(1, Number(status.GetProperty("connections_ended"), "revoked"));
    }

    [Fact]
    public async Task A_reload_that_failed_shows_until_one_succeeds()
    {
        Add("alice");
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _ends.Directory);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, ["--metrics", metrics.Text], [Line("a")]);
        Assert.Equal(JsonValueKind.Null, (await many.ProcessStatusAsync()).GetProperty("last_reload").ValueKind);

        await many.ReloadAsync(Line("a"), "b: -e -s nonsense");
        string? error = null;
        await Deadline.UntilAsync(async () => (error = await LastErrorAsync(many)) is not null, "the failure shows");
        Assert.StartsWith($"{many.File}:2: ", error, StringComparison.Ordinal);
        Assert.Contains($", failed, and nothing was changed: {many.File}:2: ", await many.StatusTextAsync(), StringComparison.Ordinal);
        Assert.Contains("\nspiped_net_last_reload_successful 0\n", await ScrapeAsync(metrics), StringComparison.Ordinal);

        await many.ReloadAsync(Line("a"));
        await Deadline.UntilAsync(async () => await LastErrorAsync(many) is null, "the success shows");
        await Deadline.UntilAsync(
            async () => (await ScrapeAsync(metrics)).Contains("\nspiped_net_last_reload_successful 1\n", StringComparison.Ordinal), "it is told");
    }

    public void Dispose() => _ends.Dispose();

    private static async Task<string?> LastErrorAsync(ManyTunnels many) =>
        (await many.ProcessStatusAsync()).GetProperty("last_reload").GetProperty("error").GetString();

    private static async Task<string> ScrapeAsync(TestAddress metrics)
    {
        using var client = new HttpClient { Timeout = Deadline.Usual };
        return await client.GetStringAsync($"http://{metrics.Text.Replace("[127.0.0.1]", "127.0.0.1", StringComparison.Ordinal)}/metrics");
    }

    private string Line(string name) => $"{name}: -d -s {_middle} -t {_ends.Target.Address} -k {_keys}";

    private string Add(string name)
    {
        string key = _ends.Directory.NewKey();
        File.Copy(key, Path.Combine(_keys, $"{name}.key"));
        return key;
    }

    private static IEnumerable<(string? Name, bool IsRevoked, int Open, int Total)> Keys(JsonElement tunnel) =>
        tunnel.GetProperty("keys").EnumerateArray().Select(key => (
            key.GetProperty("name").GetString(), key.GetProperty("is_revoked").GetBoolean(),
            Number(key, "connections_open"), Number(key, "connections_total")));

    private static (int Open, int Draining, int Total) Connections(JsonElement tunnel) =>
        (Number(tunnel, "connections_open"), Number(tunnel, "connections_draining"), Number(tunnel, "connections_total"));

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
