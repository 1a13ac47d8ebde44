using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>Keys that come and go while a receiver runs; the clients are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class KeyReloadTests : IDisposable
{
    private readonly KeyedEnds _ends = new();

    [Fact]
    public async Task A_key_that_is_added_is_good_after_a_hangup_without_a_restart()
    {
        _ends.Add("alice");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys);
        string bob = _ends.Add("bob");
        Assert.Contains("keys: 1 added (bob ", await ManyTunnels.ReloadAsync(server.Process), StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("close")]
    public async Task A_key_that_is_removed_is_good_for_no_new_connection(string revoke)
    {
        (string alice, string bob) = (_ends.Add("alice"), _ends.Add("bob"));
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys, "--revoke", revoke);
        TestAddress source = await _ends.DialAsync(server, bob);
        using Duplex before = Duplex.Of(await source.ConnectAsync());
        await before.AssertEchoesAsync();
        using Duplex alices = Duplex.Of(await (await _ends.DialAsync(server, alice)).ConnectAsync());
        await alices.AssertEchoesAsync();

        File.Delete(_ends.Directory.File("clients/bob.key"));
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
        _ends.Add("alice");
        string bob = _ends.Add("bob");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys, "--revoke", "close");
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
        for (int i = 0; i < 3; i++)
            await ManyTunnels.ReloadAsync(server.Process);
        await connection.AssertEchoesAsync();

        File.Delete(_ends.Directory.File("clients/bob.key"));

        string news = await ManyTunnels.ReloadAsync(server.Process);
        Assert.Contains("keys: 1 removed (bob ", news, StringComparison.Ordinal);
        Assert.Contains("1 connection reset whose keys were removed (--revoke close)\n", news, StringComparison.Ordinal);
        Assert.Equal(0, await connection.CountUntilEndAsync());
    }

    [Fact]
    public async Task A_key_that_is_put_back_is_good_again()
    {
        (_, string bob) = (_ends.Add("alice"), _ends.Add("bob"));
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys);
        TestAddress source = await _ends.DialAsync(server, bob);
        byte[] key = File.ReadAllBytes(bob);
        File.Delete(bob);
        await ManyTunnels.ReloadAsync(server.Process);
        File.WriteAllBytes(bob, key);

        await ManyTunnels.ReloadAsync(server.Process);

        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_directory_in_the_place_of_a_key_is_a_mistake_and_revokes_nothing()
    {
        _ends.Add("alice");
        string bob = _ends.Add("bob");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys, "--revoke", "close");
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, bob)).ConnectAsync());
        await connection.AssertEchoesAsync();
        File.Delete(_ends.Directory.File("clients/bob.key"));
        Directory.CreateDirectory(_ends.Directory.File("clients/bob.key"));

        string news = await ManyTunnels.ReloadAsync(server.Process);

        Assert.Contains("bob.key: it is a directory, and the keys of a directory are regular files (-k)", news, StringComparison.Ordinal);
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_file_with_another_name_is_the_same_key()
    {
        string bob = _ends.Add("bob");
        _ends.Add("alice");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys, "--revoke", "close", "--log-level", "debug");
        using (Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, bob)).ConnectAsync()))
        {
            await connection.AssertEchoesAsync();
            File.Move(_ends.Directory.File("clients/bob.key"), _ends.Directory.File("clients/robert.key"));
            await ManyTunnels.ReloadAsync(server.Process);
            await connection.AssertEchoesAsync();
        }

        await server.Process.ErrorContainsAsync("(key robert) ended (");
    }

    [Fact]
    public async Task The_one_key_of_a_tunnel_is_read_again_too()
    {
        string key = _ends.Add("one", _ends.Directory.Path);
        TunnelEnd server = await _ends.ServeAsync(key);
        File.Copy(_ends.Directory.NewKey(), key, overwrite: true);
        await ManyTunnels.ReloadAsync(server.Process);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(server, key)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_again_stay_as_they_were()
    {
        string alice = _ends.Add("alice");
        TunnelEnd server = await _ends.ServeAsync(_ends.Keys);
        TestAddress source = await _ends.DialAsync(server, alice);
        File.Copy(alice, _ends.Directory.File("clients/copy.key"));
        string news = await ManyTunnels.ReloadAsync(server.Process);
        Assert.Contains("reload failed, and nothing was changed: ", news, StringComparison.Ordinal);
        Assert.Contains("are the same key (-k); each client needs one of its own", news, StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    public void Dispose() => _ends.Dispose();
}
