using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>What SIGHUP does to a process with several tunnels; the other ends are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ReloadTests : IDisposable
{
    private readonly StockEnds _ends = new();

    [Fact]
    public async Task A_tunnel_that_did_not_change_keeps_its_connections()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();

        string news = await many.ReloadAsync("# moved down", "", $"  {line}   # as before");

        Assert.Contains("reloaded: 0 new or changed, 0 removed, 1 as before", news, StringComparison.Ordinal);
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_tunnel_that_is_added_is_there_at_once()
    {
        (string a, _) = await _ends.LineAsync("a");
        (string b, TestAddress source) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, a);
        await many.ReloadAsync(a, b);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_tunnel_that_is_removed_listens_no_more_and_its_connections_go_on()
    {
        (string a, _) = await _ends.LineAsync("a");
        (string b, TestAddress source) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, a, b);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();

        await many.ReloadAsync(a);

        await Deadline.UntilAsync(() => !source.IsListening, "it listens no more");
        await connection.AssertEchoesAsync(100_000);
    }

    [Theory]
    [InlineData(AddressKind.Tcp4)]
    [InlineData(AddressKind.Unix)]
    public async Task A_tunnel_that_changed_serves_new_connections_anew_and_old_ones_as_they_were(AddressKind kind)
    {
        var greeting = new Target(AddressKind.Tcp4, _ends.Directory);
        using var other = new GreetingTarget(greeting, "other");
        (string line, TestAddress source) = await _ends.LineAsync("a", kind);
        TestAddress middle = await _ends.ServeAsync(greeting.Address);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        using Duplex before = Duplex.Of(await source.ConnectAsync());
        await before.AssertEchoesAsync();

        await many.ReloadAsync($"a: -e -s {source} -t {middle} -k {_ends.Key}");

        await before.AssertEchoesAsync(100_000);
        using Duplex after = Duplex.Of(await source.ConnectAsync());
        byte[] greeted = await after.ReceiveAsync(5);
        Assert.Equal("other"u8, greeted);
    }

    [Fact]
    public async Task A_tunnel_that_gets_another_name_loses_none_of_its_connections_though_revoked_ones_are_closed()
    {
        string clients = Directory.CreateDirectory(_ends.Directory.File("clients")).FullName;
        File.Copy(_ends.Key, Path.Combine(clients, "good.key"));
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _ends.Directory);
        string words = $"-d -s {middle} -t {_ends.Target.Address} -k {clients} --revoke close";
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, $"a: {words}");
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(middle, _ends.Key)).ConnectAsync());
        await connection.AssertEchoesAsync();
        await many.ReloadAsync($"b: {words}");
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_that_is_empty_while_it_is_copied_changes_nothing()
    {
        string key = _ends.Directory.File("copied.key");
        File.Copy(_ends.Key, key);
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _ends.Directory);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, $"a: -d -s {middle} -t {_ends.Target.Address} -k {key}");
        await File.WriteAllBytesAsync(key, []);
        Assert.Contains($"reload failed, and nothing was changed: {many.File}:1: the key file is empty, so anyone could connect (-k)", await many.ReloadAsync(), StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await (await _ends.DialAsync(middle, _ends.Key)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_file_that_has_become_a_pipe_is_told_and_the_next_reload_is_heard()
    {
        (string line, _) = await _ends.LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        File.Delete(many.File);
        Assert.Equal(0, (await TestProcess.RunAsync("mkfifo", [many.File])).Status);
        Assert.Contains("it is a named pipe", await many.ReloadAsync(), StringComparison.Ordinal);
        File.Delete(many.File);
        Assert.Contains(" reloaded: ", await many.ReloadAsync(line), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_has_become_a_pipe_is_told_and_the_next_reload_is_heard()
    {
        string key = _ends.Directory.File("piped.key");
        File.Copy(_ends.Key, key);
        string line = $"a: -d -s {TestAddress.Unused(AddressKind.Tcp4, _ends.Directory)} -t {_ends.Target.Address} -k {key}";
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, line);
        File.Delete(key);
        Assert.Equal(0, (await TestProcess.RunAsync("mkfifo", [key])).Status);
        Assert.Contains($"{many.File}:1: {key}: it is a named pipe", await many.ReloadAsync(), StringComparison.Ordinal);
        Assert.Contains(" reloaded: ", await many.ReloadAsync($"a: {line[3..].Replace(key, _ends.Key, StringComparison.Ordinal)}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_manager_hears_of_a_reload_and_of_what_is_wrong()
    {
        using NotifySocket manager = NotifySocket.In(_ends.Directory);
        (string line, _) = await _ends.LineAsync("a");
        string file = _ends.Directory.File("tunnels.conf");
        await File.WriteAllTextAsync(file, line);
        using TestProcess process = TestProcess.Start("env", [$"NOTIFY_SOCKET={manager.Address}", Programs.SpipedNet, "-F", "-c", file]);
        Assert.Equal(["READY=1", "STATUS=1 tunnel, 0 connections open"], await manager.ReceiveAsync("READY=1"));
        await File.WriteAllTextAsync(file, "a: -e");

        await ManyTunnels.ReloadAsync(process);

        Assert.Matches(@"^MONOTONIC_USEC=\d+$", (await manager.ReceiveAsync("RELOADING=1"))[1]);
        Assert.Equal(
            ["READY=1", $"STATUS=1 tunnel, 0 connections open; reload failed: {file}:1: -s is missing"], await manager.ReceiveAsync("READY=1"));
    }

    public void Dispose() => _ends.Dispose();
}
