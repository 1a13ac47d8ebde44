using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>One process with several tunnels (<c>-c</c>), each with stock spiped at its other end.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ManyTunnelsTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly string _key;

    public ManyTunnelsTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    [Fact]
    public async Task Senders_and_receivers_run_in_one_process()
    {
        TestAddress source = Unused(), middle = Unused(), stockSource = Unused(), stockMiddle = Unused();
        using TunnelEnd stockServer = TunnelEnd.Start(Maker.Stock, "-d", stockMiddle, _target.Address.Text, _key);
        using TunnelEnd stockClient = TunnelEnd.Start(Maker.Stock, "-e", stockSource, middle.Text, _key);
        await stockServer.ListeningAsync();
        await stockClient.ListeningAsync();
        using ManyTunnels many = await ManyTunnels.StartAsync(
            _directory, $"out: -e -s {source} -t {stockMiddle} -k {_key}", $"in: -d -s {middle} -t {_target.Address} -k {_key}");

        foreach (TestAddress address in (TestAddress[])[source, stockSource])
        {
            using Duplex connection = Duplex.Of(await address.ConnectAsync());
            await connection.AssertEchoesAsync();
        }
    }

    [Fact]
    public async Task Keys_are_found_beside_the_file_whatever_the_working_directory()
    {
        File.Move(_key, _directory.File("my.key"));
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, $"a: -e -s {Unused()} -t {_target.Address} -k my.key");
        await many.Process.ErrorContainsAsync(" a: encrypting: ");
    }

    [Fact]
    public async Task The_log_says_which_tunnel_a_line_is_about()
    {
        TestAddress source = Unused(), nobody = Unused();
        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, $"lost: -e -s {source} -t {nobody} -k {_key}");
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await many.Process.ErrorContainsAsync(" warning: lost: connection from ");
    }

    [Fact]
    public async Task One_tunnel_that_cannot_listen_keeps_all_from_starting()
    {
        TestAddress source = Unused();
        string file = Write($"a: -e -s {source} -t {_target.Address} -k {_key}\nb: -e -s {_target.Address} -t {source} -k {_key}\n");
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-F", "-c", file]);
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith($"spiped-net: {file}:2: cannot listen on {_target.Address}: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_mistake_of_a_file_is_a_line_at_the_start()
    {
        string file = Write("a: -e\nb: -d -x\n");
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-F", "-c", file]);
        Assert.Equal(
            (1, $"spiped-net: {file}:1: -s is missing\nspiped-net: {file}:2: illegal option -- -x\n"), (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task A_test_says_what_would_run_and_binds_nothing()
    {
        TestAddress source = Unused();
        string file = Write($"a: -e -s {source} -t {_target.Address} -k {_key}\nb: -d -s {_target.Address} -t {source} -k {_key}\n");
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-c", file, "--test"]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Matches(
            $@"^a: encrypting: \{source} to \{_target.Address}, key [0-9a-f]{{8}}\nb: decrypting: \{_target.Address} to \{source}, key [0-9a-f]{{8}}\n$",
            outcome.Output);
    }

    [Fact]
    public async Task A_test_of_a_key_that_cannot_be_read_fails()
    {
        string file = Write($"a: -e -s {Unused()} -t {_target.Address} -k none.key\n");
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-c", file, "--test"]);
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith($"spiped-net: {file}:1: cannot read key file {_directory.File("none.key")}: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_connect_and_the_header_are_told_by_a_test_and_by_status()
    {
        string line = $"a: -d -s {Unused()} -t {_target.Address} -k {_key} --allow 127.0.0.0/8 --allow ::1 --proxy-protocol v2";
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-c", Write($"{line}\n"), "--test"]);
        Assert.EndsWith(", for 127.0.0.0/8, ::1 only, PROXY protocol v2\n", outcome.Output, StringComparison.Ordinal);

        using ManyTunnels many = await ManyTunnels.StartAsync(_directory, line);
        string status = await many.StatusTextAsync();
        Assert.Contains("\n  allowed: 127.0.0.0/8, ::1\n", status, StringComparison.Ordinal);
        Assert.Contains("\n  proxy protocol: v2\n", status, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_test_for_a_user_reads_what_that_user_may_read()
    {
        string file = Write($"a: -e -s {Unused()} -t {_target.Address} -k {_key}\n");
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-c", file, "--test", "-u", "daemon:nogroup"]);
        Assert.Equal((1, ""), (outcome.Status, outcome.Output));
        Assert.Contains("user daemon (id 1) may not read it", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_about_a_key_of_several_tunnels_is_told_once()
    {
        File.SetUnixFileMode(_key, (UnixFileMode)0b110_100_100);
        string file = Write($"a: -e -s {Unused()} -t {_target.Address} -k {_key}\nb: -e -s {Unused()} -t {_target.Address} -k {_key}\n");
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-c", file, "--test"]);
        Assert.Equal(
            (0, $"spiped-net: warning: key file {_key} is open to other users of this machine; close it: chmod 600 {_key}\n"),
            (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task Warned_is_of_a_file_and_a_key_directory_that_others_may_write()
    {
        string keys = Directory.CreateDirectory(_directory.File("clients")).FullName;
        File.Copy(_key, Path.Combine(keys, "alice.key"));
        string file = Write($"a: -d -s {Unused()} -t {_target.Address} -k {keys}\n");
        File.SetUnixFileMode(keys, (UnixFileMode)0b111_111_000);
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_110);
        ProcessOutcome outcome = await TestProcess.RunAsync(Programs.SpipedNet, ["-c", file, "--test"]);
        Assert.Equal(
            (0, $"spiped-net: warning: {file}: other users of this machine may change what it says; close it: chmod go-w {file}\n"
                + $"spiped-net: warning: key directory {keys}: other users of this machine may put keys there; close it: chmod go-w {keys}\n"),
            (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task Fewer_descriptors_than_the_tunnels_need_are_told_in_a_line()
    {
        string file = _directory.File("many.conf");
        await File.WriteAllLinesAsync(file, Enumerable.Range(1, 199).Select(i => $"t{i}: -e -s {_directory.File($"s{i}")} -t /t -k {_directory.File("key")}"));
        ProcessOutcome outcome = await TestProcess.RunAsync("prlimit", ["--nofile=250", Programs.SpipedNet, "-F", "-c", file]);
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith("spiped-net: this process may open 250 files, and 326 are the least it needs for 199 tunnels; ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_of_many_tunnels_returns_when_all_listen()
    {
        TestAddress one = Unused(), two = Unused();
        string file = Write($"a: -e -s {one} -t {_target.Address} -k {_key}\nb: -e -s {two} -t {_target.Address} -k {_key}\n");
        using TestProcess process = TestProcess.Start(Programs.SpipedNet, ["-c", file, "-p", _directory.File("pid")]);
        Assert.Equal(0, await process.ExitAsync());
        Assert.True(one.IsListening && two.IsListening);
    }

    [Fact]
    public async Task A_tunnel_that_waits_for_a_name_does_not_keep_the_others_waiting()
    {
        TestAddress source = Unused();
        using ManyTunnels many = await ManyTunnels.StartAsync(
            _directory, $"late: -e -D -s {Unused()} -t nowhere.invalid:1 -k {_key}", $"now: -e -s {source} -t {_target.Address} -k {_key}");
        Assert.True(source.IsListening);
        await many.Process.ErrorContainsAsync("late: cannot look up nowhere.invalid:1");
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    private TestAddress Unused() => TestAddress.Unused(AddressKind.Tcp4, _directory);

    private string Write(string text)
    {
        string file = _directory.File("tunnels.conf");
        File.WriteAllText(file, text);
        return file;
    }
}
