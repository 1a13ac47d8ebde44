using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>A receiver that has a key for each client; the clients are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class SeveralKeysTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly string _keys;
    private readonly List<IDisposable> _started = [];

    public SeveralKeysTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _keys = _directory.File("clients");
        Directory.CreateDirectory(_keys);
    }

    [Theory]
    [InlineData(Maker.Stock)]
    [InlineData(Maker.Ours)]
    public async Task Each_client_gets_in_with_a_key_of_its_own(Maker maker)
    {
        (string alice, string bob) = (Add("alice"), Add("bob"));
        TunnelEnd server = await ServeAsync(_keys);
        foreach (string key in (string[])[alice, bob])
        {
            using Duplex connection = Duplex.Of(await (await DialAsync(server, key, maker)).ConnectAsync());
            await connection.AssertEchoesAsync(100_000);
        }
    }

    [Fact]
    public async Task Keys_may_be_named_one_by_one()
    {
        (string alice, string bob) = (Add("alice"), Add("bob"));
        TunnelEnd server = await ServeAsync(alice, "-k", bob);
        using Duplex connection = Duplex.Of(await (await DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_that_is_none_of_them_gets_nowhere()
    {
        Add("alice");
        TunnelEnd server = await ServeAsync(_keys);
        using Duplex connection = Duplex.Of(await (await DialAsync(server, _directory.NewKey())).ConnectAsync());
        Assert.Equal(0, await connection.CountUntilEndAsync());
        await server.Process.ErrorContainsAsync("the peer has another key, or is not spiped");
        Assert.Equal(0, _target.Accepted);
    }

    [Fact]
    public async Task The_log_names_the_client_by_its_key()
    {
        Add("alice");
        TunnelEnd server = await ServeAsync(_keys, "-k", Add("bob", _directory.Path), "--log-level", "debug");
        using (Duplex connection = Duplex.Of(await (await DialAsync(server, _directory.File("bob.key"))).ConnectAsync()))
            await connection.AssertEchoesAsync();
        await server.Process.ErrorContainsAsync("(key bob) ended (");
    }

    [Fact]
    public async Task A_thousand_keys_are_not_too_many()
    {
        string last = Enumerable.Range(0, 1000).Select(i => Add($"client-{i:000}")).Last();
        TunnelEnd server = await ServeAsync(_keys);
        using Duplex connection = Duplex.Of(await (await DialAsync(server, last)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_that_is_added_is_good_after_a_hangup_without_a_restart()
    {
        Add("alice");
        TunnelEnd server = await ServeAsync(_keys);
        string bob = Add("bob");
        Assert.Contains("keys: 1 added (bob ", await ManyTunnels.ReloadAsync(server.Process), StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await (await DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("close")]
    public async Task A_key_that_is_removed_is_good_for_no_new_connection(string revoke)
    {
        (string alice, string bob) = (Add("alice"), Add("bob"));
        TunnelEnd server = await ServeAsync(_keys, "--revoke", revoke);
        TestAddress source = await DialAsync(server, bob);
        using Duplex before = Duplex.Of(await source.ConnectAsync());
        await before.AssertEchoesAsync();
        using Duplex alices = Duplex.Of(await (await DialAsync(server, alice)).ConnectAsync());
        await alices.AssertEchoesAsync();

        File.Delete(_directory.File("clients/bob.key"));
        await ManyTunnels.ReloadAsync(server.Process);

        using Duplex after = Duplex.Of(await source.ConnectAsync());
        Assert.Equal(0, await after.CountUntilEndAsync());
        await alices.AssertEchoesAsync();
        if (revoke == "keep")
            await before.AssertEchoesAsync();
        else
            Assert.Equal(0, await before.CountUntilEndAsync());
    }

    [Fact]
    public async Task A_revocation_reaches_connections_from_before_earlier_reloads()
    {
        Add("alice");
        string bob = Add("bob");
        TunnelEnd server = await ServeAsync(_keys, "--revoke", "close");
        using Duplex connection = Duplex.Of(await (await DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
        for (int i = 0; i < 3; i++)
            await ManyTunnels.ReloadAsync(server.Process);
        await connection.AssertEchoesAsync();

        File.Delete(_directory.File("clients/bob.key"));

        string news = await ManyTunnels.ReloadAsync(server.Process);
        Assert.Contains("keys: 1 removed (bob ", news, StringComparison.Ordinal);
        Assert.Contains("1 connection reset whose keys were removed (--revoke close)\n", news, StringComparison.Ordinal);
        Assert.Equal(0, await connection.CountUntilEndAsync());
    }

    [Fact]
    public async Task A_key_that_is_put_back_is_good_again()
    {
        (_, string bob) = (Add("alice"), Add("bob"));
        TunnelEnd server = await ServeAsync(_keys);
        TestAddress source = await DialAsync(server, bob);
        byte[] key = File.ReadAllBytes(bob);
        File.Delete(bob);
        await ManyTunnels.ReloadAsync(server.Process);
        File.WriteAllBytes(bob, key);

        await ManyTunnels.ReloadAsync(server.Process);

        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task An_empty_key_among_several_starts_nothing()
    {
        Add("alice");
        File.WriteAllBytes(_directory.File("clients/bob.key"), []);
        ProcessOutcome outcome = await TestProcess.RunAsync(
            Programs.SpipedNet, ["-F", "-d", "-s", Unused().Text, "-t", _target.Address.Text, "-k", _keys]);
        Assert.Equal((1, "spiped-net: the file of key bob is empty, so anyone could connect (-k)\n"), (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task A_directory_in_the_place_of_a_key_is_a_mistake_and_revokes_nothing()
    {
        Add("alice");
        string bob = Add("bob");
        TunnelEnd server = await ServeAsync(_keys, "--revoke", "close");
        using Duplex connection = Duplex.Of(await (await DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
        File.Delete(_directory.File("clients/bob.key"));
        Directory.CreateDirectory(_directory.File("clients/bob.key"));

        string news = await ManyTunnels.ReloadAsync(server.Process);

        Assert.Contains("bob.key: it is a directory, and the keys of a directory are regular files (-k)", news, StringComparison.Ordinal);
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_file_with_another_name_is_the_same_key()
    {
        string bob = Add("bob");
        Add("alice");
        TunnelEnd server = await ServeAsync(_keys, "--revoke", "close", "--log-level", "debug");
        using (Duplex connection = Duplex.Of(await (await DialAsync(server, bob)).ConnectAsync()))
        {
            await connection.AssertEchoesAsync();
            File.Move(_directory.File("clients/bob.key"), _directory.File("clients/robert.key"));
            await ManyTunnels.ReloadAsync(server.Process);
            await connection.AssertEchoesAsync();
        }

        await server.Process.ErrorContainsAsync("(key robert) ended (");
    }

    [Fact]
    public async Task The_one_key_of_a_tunnel_is_read_again_too()
    {
        string key = Add("one", _directory.Path);
        TunnelEnd server = await ServeAsync(key);
        File.Copy(_directory.NewKey(), key, overwrite: true);
        await ManyTunnels.ReloadAsync(server.Process);
        using Duplex connection = Duplex.Of(await (await DialAsync(server, key)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_again_stay_as_they_were()
    {
        string alice = Add("alice");
        TunnelEnd server = await ServeAsync(_keys);
        TestAddress source = await DialAsync(server, alice);
        File.Copy(alice, _directory.File("clients/copy.key"));
        string news = await ManyTunnels.ReloadAsync(server.Process);
        Assert.Contains("reload failed, and nothing was changed: ", news, StringComparison.Ordinal);
        Assert.Contains("are the same key (-k); each client needs one of its own", news, StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    public static TheoryData<string, string> UselessDirectories => new()
    {
        { "", "no key is in the directory" },
        { "a.txt", "no key is in the directory" },
        { ".a.key", "no key is in the directory" },
        { "a b.key", "its name, which stands for the client, may have letters, digits and . _ - @" },
    };

    [Theory]
    [MemberData(nameof(UselessDirectories))]
    public async Task A_directory_without_a_key_that_can_be_named_starts_nothing(string file, string reason)
    {
        if (file.Length > 0)
            File.WriteAllText(Path.Combine(_keys, file), "a key of more than thirty-two bytes");
        ProcessOutcome outcome = await TestProcess.RunAsync(
            Programs.SpipedNet, ["-F", "-d", "-s", Unused().Text, "-t", _target.Address.Text, "-k", _keys]);
        Assert.Equal(1, outcome.Status);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _started.ForEach(item => item.Dispose());
        _target.Dispose();
        _directory.Dispose();
    }

    private TestAddress Unused() => TestAddress.Unused(AddressKind.Tcp4, _directory);

    private string Add(string name, string? directory = null)
    {
        string path = Path.Combine(directory ?? _keys, $"{name}.key");
        File.Move(_directory.NewKey(), path);
        return path;
    }

    private async Task<TunnelEnd> ServeAsync(string keys, params string[] flags)
    {
        TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", Unused(), _target.Address.Text, keys, flags);
        _started.Add(server);
        await server.ListeningAsync();
        return server;
    }

    // The other end has a copy, as a host of its own has.
    private async Task<TestAddress> DialAsync(TunnelEnd server, string key, Maker maker = Maker.Stock)
    {
        TunnelEnd client = TunnelEnd.Start(maker, "-e", Unused(), server.Source.Text, _directory.NewKey(File.ReadAllBytes(key)));
        _started.Add(client);
        await client.ListeningAsync();
        return client.Source;
    }
}
