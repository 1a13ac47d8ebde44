using System.Text.Json;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>Whose keys a connection needs once its tunnel's name or source belongs to another; the clients are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class SuccessionTests : IDisposable
{
    private readonly StockEnds _ends = new();
    private readonly TestAddress _p;
    private readonly TestAddress _q;

    public SuccessionTests() =>
        (_p, _q) = (TestAddress.Unused(AddressKind.Tcp4, _ends.Directory), TestAddress.Unused(AddressKind.Tcp4, _ends.Directory));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_takes_the_source_or_the_name_that_a_tunnel_had_takes_no_connection_from_it(bool isNameTaken)
    {
        string[] keys = Directories("redis", "web");
        string alice = Add(keys[0], "alice");
        Add(keys[1], "bob");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("redis", _p, keys[0]));
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(_p, alice)).ConnectAsync());
        await connection.AssertEchoesAsync();
        string changed = isNameTaken ? Line("renamed", _p, keys[0]) : Line("redis", _q, keys[0]);

        await many.ReloadAsync(changed);
        await many.ReloadAsync(changed, isNameTaken ? Line("redis", _q, keys[1]) : Line("web", _p, keys[1]));

        await connection.AssertEchoesAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_that_is_removed_revokes_nothing_though_another_takes_its_source_at_once(bool isOtherThereBefore)
    {
        string[] keys = Directories("redis", "web");
        string alice = Add(keys[0], "alice"), carol = Add(keys[0], "carol");
        Add(keys[1], "bob");
        if (isOtherThereBefore)
            File.Copy(carol, Path.Combine(keys[1], "carol.key"));
        string[] before = [Line("redis", _p, keys[0]), .. isOtherThereBefore ? [Line("web", _q, keys[1])] : Array.Empty<string>()];
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, before);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(_p, alice)).ConnectAsync());
        await connection.AssertEchoesAsync();

        await many.ReloadAsync(Line("web", _p, keys[1]));

        await connection.AssertEchoesAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_that_is_back_by_its_name_takes_the_keys_that_it_lost(bool isOtherRemoved)
    {
        string[] keys = Directories("redis");
        string alice = Add(keys[0], "alice");
        Add(keys[0], "carol");
        string other = Directory.CreateDirectory(_ends.Directory.File("other")).FullName;
        File.Copy(alice, Path.Combine(other, "alice.key"));
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("redis", _p, keys[0]));
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(_p, alice)).ConnectAsync());
        await connection.AssertEchoesAsync();
        await many.ReloadAsync(Line("web", _p, other));
        string[] back = [Line("redis", _q, keys[0]), .. isOtherRemoved ? Array.Empty<string>() : [Line("web", _p, other)]];
        await many.ReloadAsync(back);
        await connection.AssertEchoesAsync();

        File.Delete(Path.Combine(keys[0], "alice.key"));
        await many.ReloadAsync();

        Assert.Equal(0, await Deadline.ForAsync(connection.CountUntilEndAsync(), "its end"));
    }

    [Fact]
    public async Task Checks_of_a_sender_that_drains_end_with_its_key()
    {
        string keys = Directories("clients")[0];
        string old = Add(keys, "old"), next = Add(keys, "next"), own = _ends.Directory.File("own.key");
        File.Copy(old, own);
        using RedisServer redis = await RedisServer.StartAsync();
        string receiver = $"in: -d -s {_p} -t {redis.Address} -k {keys}";
        string sender = $"out: -e -s {_q} -t {_p} -k {own} --target-check redis";
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, receiver, sender);
        await many.Process.ErrorContainsAsync("from now on connections go to");
        using Duplex connection = Duplex.Of(await _q.ConnectAsync());
        await UntilOpenAsync(many, "old", 2);
        await many.ReloadAsync(receiver, $"{sender} -n 7");
        await UntilOpenAsync(many, "old", 3);

        File.Copy(next, own, overwrite: true);
        await many.ReloadAsync();

        await UntilOpenAsync(many, "old", 2);
    }

    [Fact]
    public async Task A_key_that_is_removed_from_a_tunnel_that_has_moved_is_taken_although_the_sources_new_owner_has_it()
    {
        string[] keys = Directories("redis", "web");
        string alice = Add(keys[0], "alice");
        Add(keys[0], "carol");
        File.Copy(alice, Path.Combine(keys[1], "alice.key"));
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("redis", _p, keys[0]));
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(_p, alice)).ConnectAsync());
        await connection.AssertEchoesAsync();
        await many.ReloadAsync(Line("redis", _q, keys[0]), Line("web", _p, keys[1]));
        await connection.AssertEchoesAsync();

        File.Delete(Path.Combine(keys[0], "alice.key"));
        await many.ReloadAsync();

        Assert.Equal(0, await Deadline.ForAsync(connection.CountUntilEndAsync(), "its end"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_tunnels_that_exchange_their_sources_or_their_names_keep_their_connections(bool areNamesExchanged)
    {
        string[] keys = Directories("one", "two");
        (string alice, string bob) = (Add(keys[0], "alice"), Add(keys[1], "bob"));
        // Whom both let in.
        File.Copy(Add(keys[0], "admin"), Path.Combine(keys[1], "admin.key"));
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("one", _p, keys[0]), Line("two", _q, keys[1]));
        using Duplex first = Duplex.Of(await (await _ends.DialAsync(_p, alice)).ConnectAsync());
        using Duplex second = Duplex.Of(await (await _ends.DialAsync(_q, bob)).ConnectAsync());
        await first.AssertEchoesAsync();
        await second.AssertEchoesAsync();

        await many.ReloadAsync(areNamesExchanged
            ? [Line("two", _p, keys[0]), Line("one", _q, keys[1])]
            : [Line("one", _q, keys[0]), Line("two", _p, keys[1])]);
        await first.AssertEchoesAsync();
        await second.AssertEchoesAsync();
        File.Delete(Path.Combine(keys[0], "admin.key"));
        await many.ReloadAsync();

        await first.AssertEchoesAsync();
        await second.AssertEchoesAsync();
    }

    [Fact]
    public async Task What_a_key_has_done_is_counted_once_and_not_forgotten()
    {
        string keys = Directories("redis")[0];
        string alice = Add(keys, "alice"), bob = Add(keys, "bob");
        string removed = _ends.Directory.File("removed");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, Line("redis", _p, keys));
        TestAddress source = await _ends.DialAsync(_p, alice);
        await EchoAsync(source);
        await EchoAsync(source);

        // A generation without the key ends after the one that had it.
        File.Move(Path.Combine(keys, "alice.key"), removed);
        await many.ReloadAsync($"{Line("redis", _p, keys)} -n 7");
        using (Duplex other = Duplex.Of(await (await _ends.DialAsync(_p, bob)).ConnectAsync()))
        {
            await other.AssertEchoesAsync();
            File.Move(removed, Path.Combine(keys, "again.key"));
            await many.ReloadAsync($"{Line("redis", _p, keys)} -n 8");
        }

        await EchoAsync(source);
        JsonElement status = await many.UntilAsync("redis", now => now.GetProperty("connections_draining").GetInt32() == 0, "nothing drains");
        Assert.Equal(
            [("again", 3), ("bob", 1)],
            status.GetProperty("keys").EnumerateArray().Select(key => (key.GetProperty("name").GetString(), key.GetProperty("connections_total").GetInt32())));
    }

    public void Dispose() => _ends.Dispose();

    private static async Task UntilOpenAsync(ManyTunnels many, string key, int count) => await many.UntilAsync(
        "in",
        now => now.GetProperty("keys").EnumerateArray().Any(
            one => one.GetProperty("name").GetString() == key && one.GetProperty("connections_open").GetInt32() == count),
        $"{count} connections have the key {key}");

    private static async Task EchoAsync(TestAddress source)
    {
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
        connection.CloseOutput();
        await connection.CountUntilEndAsync();
    }

    private string Line(string name, TestAddress source, string keys) => $"{name}: -d -s {source} -t {_ends.Target.Address} -k {keys} --revoke close";

    private string[] Directories(params string[] names) => [.. names.Select(name => Directory.CreateDirectory(_ends.Directory.File(name)).FullName)];

    private string Add(string directory, string name)
    {
        string key = _ends.Directory.NewKey();
        File.Copy(key, Path.Combine(directory, $"{name}.key"));
        return key;
    }
}
