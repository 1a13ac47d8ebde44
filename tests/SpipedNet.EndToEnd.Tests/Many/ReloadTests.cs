using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>What SIGHUP does to a process with several tunnels; the other ends are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ReloadTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly string _key;
    private readonly List<IDisposable> _started = [];

    public ReloadTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    [Fact]
    public async Task A_tunnel_that_did_not_change_keeps_its_connections()
    {
        (string line, TestAddress source) = await LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();

        string news = await many.ReloadAsync("# moved down", "", $"  {line}   # as before");

        Assert.Contains("reloaded: 0 new or changed, 0 removed, 1 as before", news, StringComparison.Ordinal);
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_tunnel_that_is_added_is_there_at_once()
    {
        (string a, _) = await LineAsync("a");
        (string b, TestAddress source) = await LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, a);
        await many.ReloadAsync(a, b);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_tunnel_that_is_removed_listens_no_more_and_its_connections_go_on()
    {
        (string a, _) = await LineAsync("a");
        (string b, TestAddress source) = await LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, a, b);
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
        var greeting = new Target(AddressKind.Tcp4, _directory);
        using var other = new GreetingTarget(greeting, "other");
        (string line, TestAddress source) = await LineAsync("a", kind);
        TestAddress middle = await ServeAsync(greeting.Address);
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        using Duplex before = Duplex.Of(await source.ConnectAsync());
        await before.AssertEchoesAsync();

        await many.ReloadAsync($"a: -e -s {source} -t {middle} -k {_key}");

        await before.AssertEchoesAsync(100_000);
        using Duplex after = Duplex.Of(await source.ConnectAsync());
        byte[] greeted = await after.ReceiveAsync(5);
        Assert.Equal("other"u8, greeted);
    }

    [Fact]
    public async Task A_UNIX_sockets_file_is_gone_only_when_the_last_that_had_it_is()
    {
        (string line, TestAddress source) = await LineAsync("a", AddressKind.Unix);
        (string other, _) = await LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        await many.ReloadAsync($"{line} -n 5");
        Assert.True(File.Exists(source.Text));
        await many.ReloadAsync(other);
        await Deadline.UntilAsync(() => !File.Exists(source.Text), "the file is gone");
    }

    [Fact]
    public async Task Two_tunnels_may_exchange_their_sources()
    {
        (string a, TestAddress one) = await LineAsync("a");
        (string b, TestAddress two) = await LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, a, b);
        string swappedA = a.Replace(one.Text, two.Text, StringComparison.Ordinal), swappedB = b.Replace(two.Text, one.Text, StringComparison.Ordinal);
        Assert.Contains("2 new or changed", await many.ReloadAsync(swappedA, swappedB), StringComparison.Ordinal);
        foreach (TestAddress source in (TestAddress[])[one, two])
        {
            using Duplex connection = Duplex.Of(await source.ConnectAsync());
            await connection.AssertEchoesAsync();
        }
    }

    [Fact]
    public async Task A_source_that_cannot_be_had_changes_nothing()
    {
        (string a, TestAddress source) = await LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, a);
        TestAddress added = TestAddress.Unused(AddressKind.Tcp4, _directory);
        string news = await many.ReloadAsync(
            $"a: -e -n 5 -s {source} -t {_target.Address} -k {_key}", $"b: -e -s {added} -t {source} -k {_key}",
            $"c: -e -s {_target.Address} -t {source} -k {_key}");
        Assert.Contains($"{many.File}:3: cannot listen on {_target.Address}", news, StringComparison.Ordinal);
        Assert.False(added.IsListening);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task Two_hundred_malformed_files_change_nothing_and_are_told_with_their_lines()
    {
        (string line, TestAddress source) = await LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
        int descriptors = ProcessTable.Descriptors(many.Process.Id);
        (string added, TestAddress addedSource) = await LineAsync("added");
        (string changed, TestAddress changedSource) = await LineAsync("a");
        for (int i = 0; i < 200; i++)
        {
            // What would be changed and added if the mistake stopped nothing, on either side of it.
            int comments = i / 20;
            string[] text = [.. Enumerable.Repeat("# a comment", comments), changed, Malformed(i % 20, changed), added];
            string news = await many.ReloadAsync(text);
            Assert.Contains($"reload failed, and nothing was changed: {many.File}:{comments + 2}: ", news, StringComparison.Ordinal);
        }

        await connection.AssertEchoesAsync();
        Assert.False(addedSource.IsListening || changedSource.IsListening);
        Assert.Equal(descriptors, ProcessTable.Descriptors(many.Process.Id));
    }

    [Fact]
    public async Task A_hundred_reloads_under_load_lose_no_byte_no_connection_and_no_descriptor()
    {
        (string line, TestAddress source) = await LineAsync("a");
        (string other, _) = await LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, $"{line} -n 0");
        await EchoAsync(source, 1);
        int descriptors = ProcessTable.Descriptors(many.Process.Id);
        using var end = new CancellationTokenSource();
        List<Task<int>> clients = await LoadAsync(source, 200, end.Token);
        clients.Add(ReconnectAsync(source, end.Token));

        for (int i = 0; i < 100; i++)
        {
            // Changed, with another beside it; changed back; the same again.
            string[] lines = (i % 3) switch { 0 => [$"{line} -n 1000", other], 1 => [$"{line} -n 0"], _ => [$"{line} -n 0 # again"] };
            string news = await many.ReloadAsync(lines);
            Assert.True(news.Contains(" reloaded: ", StringComparison.Ordinal), news);
        }

        await end.CancelAsync();
        Assert.All(await Deadline.ForAsync(Task.WhenAll(clients), "the clients' last words"), count => Assert.True(count > 0));
        await many.ReloadAsync($"{line} -n 0");
        await Deadline.UntilAsync(() => ProcessTable.Descriptors(many.Process.Id) <= descriptors, "no descriptor is left");
    }

    [Fact]
    public async Task A_revocation_under_load_ends_the_revoked_and_costs_the_others_no_byte()
    {
        string clients = Directory.CreateDirectory(_directory.File("clients")).FullName;
        File.Copy(_key, Path.Combine(clients, "good.key"));
        string bad = _directory.NewKey();
        File.Copy(bad, Path.Combine(clients, "bad.key"));
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, $"a: -d -s {middle} -t {_target.Address} -k {clients} --revoke close -n 0");
        TestAddress good = await DialAsync(middle, _key), revoked = await DialAsync(middle, bad);
        using var end = new CancellationTokenSource();
        List<Task<int>> load = await LoadAsync(good, 100, end.Token);
        List<Duplex> others = await ConnectAsync(revoked, 100);

        File.Delete(Path.Combine(clients, "bad.key"));
        Assert.Contains("1 removed; 100 connections reset", await many.ReloadAsync(), StringComparison.Ordinal);

        int[] left = await Deadline.ForAsync(Task.WhenAll(others.Select(connection => connection.CountUntilEndAsync())), "their ends");
        Assert.All(left, count => Assert.Equal(0, count));
        await end.CancelAsync();
        Assert.All(await Deadline.ForAsync(Task.WhenAll(load), "the clients' last words"), count => Assert.True(count > 0));
        others.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_tunnel_that_gets_another_name_loses_none_of_its_connections_though_revoked_ones_are_closed()
    {
        string clients = Directory.CreateDirectory(_directory.File("clients")).FullName;
        File.Copy(_key, Path.Combine(clients, "good.key"));
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        string words = $"-d -s {middle} -t {_target.Address} -k {clients} --revoke close";
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, $"a: {words}");
        using Duplex connection = Duplex.Of(await (await DialAsync(middle, _key)).ConnectAsync());
        await connection.AssertEchoesAsync();
        await many.ReloadAsync($"b: {words}");
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_key_that_is_empty_while_it_is_copied_changes_nothing()
    {
        string key = _directory.File("copied.key");
        File.Copy(_key, key);
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, $"a: -d -s {middle} -t {_target.Address} -k {key}");
        await File.WriteAllBytesAsync(key, []);
        Assert.Contains("reload failed, and nothing was changed: ", await many.ReloadAsync(), StringComparison.Ordinal);
        using Duplex connection = Duplex.Of(await (await DialAsync(middle, _key)).ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_file_that_has_become_a_pipe_is_told_and_the_next_reload_is_heard()
    {
        (string line, _) = await LineAsync("a");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        File.Delete(many.File);
        Assert.Equal(0, (await TestProcess.RunAsync("mkfifo", [many.File])).Status);
        Assert.Contains("it is a named pipe", await many.ReloadAsync(), StringComparison.Ordinal);
        File.Delete(many.File);
        Assert.Contains(" reloaded: ", await many.ReloadAsync(line), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_has_become_a_pipe_is_told_and_the_next_reload_is_heard()
    {
        string key = _directory.File("piped.key");
        File.Copy(_key, key);
        string line = $"a: -d -s {TestAddress.Unused(AddressKind.Tcp4, _directory)} -t {_target.Address} -k {key}";
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        File.Delete(key);
        Assert.Equal(0, (await TestProcess.RunAsync("mkfifo", [key])).Status);
        Assert.Contains($"{many.File}:1: key file {key}: it is a named pipe", await many.ReloadAsync(), StringComparison.Ordinal);
        Assert.Contains(" reloaded: ", await many.ReloadAsync($"a: {line[3..].Replace(key, _key, StringComparison.Ordinal)}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_overlaps_the_former_one_is_told_with_a_way_that_resets_nobody()
    {
        (string line, TestAddress source) = await LineAsync("a");
        (string other, _) = await LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line, other);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
        string wider = line.Replace("-s [127.0.0.1]", "-s [0.0.0.0]", StringComparison.Ordinal);

        Assert.Contains($"while this process listens on {source}; take the line out", await many.ReloadAsync(wider, other), StringComparison.Ordinal);
        await many.ReloadAsync(other);
        Assert.Contains("1 new or changed", await many.ReloadAsync(wider, other), StringComparison.Ordinal);

        await connection.AssertEchoesAsync();
        using Duplex after = Duplex.Of(await source.ConnectAsync());
        await after.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_changed_tunnel_whose_UNIX_sockets_file_was_removed_has_one_again()
    {
        (string line, TestAddress source) = await LineAsync("a", AddressKind.Unix);
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        File.Delete(source.Text);
        await many.ReloadAsync($"{line} -n 5");
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    [Fact]
    public async Task A_user_who_cannot_read_the_keys_again_is_warned_of_at_the_start()
    {
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TestProcess process = TestProcess.Start(
            Programs.SpipedNet, ["-F", "-d", "-s", middle.Text, "-t", _target.Address.Text, "-k", _key, "-u", "nobody"]);
        await process.ErrorContainsAsync("warning: -u nobody: SIGHUP will change nothing, because that user cannot read it again: cannot read key file");
    }

    [Fact]
    public async Task The_service_manager_hears_of_a_reload_and_of_what_is_wrong()
    {
        using NotifySocket manager = NotifySocket.In(_directory);
        (string line, _) = await LineAsync("a");
        string file = _directory.File("tunnels.conf");
        await File.WriteAllTextAsync(file, line);
        using TestProcess process = TestProcess.Start("env", [$"NOTIFY_SOCKET={manager.Address}", Programs.SpipedNet, "-F", "-c", file]);
        Assert.Equal(["READY=1", "STATUS=1 tunnel, 0 connections open"], await manager.ReceiveAsync("READY=1"));
        await File.WriteAllTextAsync(file, "a: -e");

        await ManyTunnels.ReloadAsync(process);

        Assert.Matches(@"^MONOTONIC_USEC=\d+$", (await manager.ReceiveAsync("RELOADING=1"))[1]);
        Assert.Equal(
            ["READY=1", $"STATUS=1 tunnel, 0 connections open; reload failed: {file}:1: -s is missing"], await manager.ReceiveAsync("READY=1"));
    }

    public void Dispose()
    {
        _started.ForEach(item => item.Dispose());
        _target.Dispose();
        _directory.Dispose();
    }

    private static string Malformed(int kind, string line) => kind switch
    {
        0 => "b -e -s /s -t /t -k k",
        1 => "b: -e -d -s /s -t /t -k k",
        2 => "b: -e -t /t -k k",
        3 => "b: -e -s /s -k k",
        4 => "b: -e -s /s -t /t",
        5 => "b: -e -s /s -t /t -k 'k",
        6 => "b: -e -s /s -t /t -k \"k",
        7 => "b: -e -s /s -t /t -k $k",
        8 => "b: -e -s /s -t /t -k none",
        9 => line,
        10 => line.Replace("a:", "b:", StringComparison.Ordinal),
        11 => "b: -e -s nowhere -t /t -k k",
        12 => "b: -e -s /s -t [::1 -k k",
        13 => "b: -F -e -s /s -t /t -k k",
        14 => "b: -e -s /s -t /t -k k -n x",
        15 => "b: -e -s /s -t /t -k k \\",
        16 => "b: -e -s /s -t /t -k k extra",
        17 => "b: -e -s /s -t /t -k -",
        18 => "b: -e -s /s -t /t -k k -o",
        _ => "b:\u0001",
    };

    // One after the other: stock spiped's backlog has 10 places, and a connection that finds none has 5 s.
    private static async Task<List<Duplex>> ConnectAsync(TestAddress source, int count)
    {
        var connections = new List<Duplex>();
        for (int i = 0; i < count; i++)
        {
            Duplex connection = Duplex.Of(await source.ConnectAsync());
            await connection.AssertEchoesAsync();
            connections.Add(connection);
        }

        return connections;
    }

    // So many connections, each checked by its bytes again and again until the end; they return how often.
    private static async Task<List<Task<int>>> LoadAsync(TestAddress source, int count, CancellationToken end) =>
        [.. (await ConnectAsync(source, count)).Select(connection => EchoUntilAsync(connection, end))];

    private static async Task<int> EchoUntilAsync(Duplex connection, CancellationToken end)
    {
        using (connection)
        {
            int count = 0;
            do
            {
                await connection.AssertEchoesAsync(5_000);
                count++;
            }
            while (!end.IsCancellationRequested);
            Task<ReceivedBytes> rest = connection.DigestAsync();
            connection.CloseOutput();
            Assert.Equal(0, (await rest).Count);
            return count;
        }
    }

    // Connections one after the other, each checked by its bytes, until the end; returns how many.
    private static async Task<int> ReconnectAsync(TestAddress source, CancellationToken end)
    {
        int count = 0;
        do
        {
            await EchoAsync(source, 5_000);
            count++;
        }
        while (!end.IsCancellationRequested);
        return count;
    }

    private static async Task EchoAsync(TestAddress source, int bytes)
    {
        using Socket socket = await source.ConnectAsync();
        using Duplex connection = Duplex.Of(socket);
        byte[] data = System.Security.Cryptography.RandomNumberGenerator.GetBytes(bytes);
        Task sent = connection.SendAllAsync(data);
        Assert.Equal(ReceivedBytes.Of(data), await Deadline.ForAsync(connection.DigestAsync(), "the echo"));
        await sent;
    }

    // A sender's line, with stock spiped and the echo behind it.
    private async Task<(string Line, TestAddress Source)> LineAsync(string name, AddressKind kind = AddressKind.Tcp4)
    {
        TestAddress middle = await ServeAsync(_target.Address);
        TestAddress source = TestAddress.Unused(kind, _directory);
        return ($"{name}: -e -s {source} -t {middle} -k {_key}", source);
    }

    private async Task<TestAddress> ServeAsync(TestAddress target)
    {
        TunnelEnd server = TunnelEnd.Start(Maker.Stock, "-d", TestAddress.Unused(AddressKind.Tcp4, _directory), target.Text, _key, "-n", "0");
        _started.Add(server);
        await server.ListeningAsync();
        return server.Source;
    }

    private async Task<TestAddress> DialAsync(TestAddress middle, string key)
    {
        TunnelEnd client = TunnelEnd.Start(Maker.Stock, "-e", TestAddress.Unused(AddressKind.Tcp4, _directory), middle.Text, key, "-n", "0");
        _started.Add(client);
        await client.ListeningAsync();
        return client.Source;
    }
}
