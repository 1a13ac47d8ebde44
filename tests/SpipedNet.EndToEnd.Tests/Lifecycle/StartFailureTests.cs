using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>
/// A start that fails, in the foreground and as a daemon: status 1 for whoever started it, one line that names what is
/// in the way, and nothing left behind.
/// </summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class StartFailureTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestAddress _source;
    private readonly string _key;

    public StartFailureTests()
    {
        _source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    public static TheoryData<string> Modes => new("foreground", "daemon");

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_bound_port_is_named(string mode)
    {
        using var other = new Target(AddressKind.Tcp4, _directory);

        await AssertFailsAsync(mode, other.Address, _key, $"{other.Address}");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_stale_socket_file_stays_and_the_line_says_how_to_remove_it(string mode)
    {
        TestAddress source = TestAddress.Unused(AddressKind.Unix, _directory);
        using (new Target(source))
            File.Move(source.Text, source.Text + ".kept"); // out of reach of .NET, which would delete it
        File.Move(source.Text + ".kept", source.Text);

        await AssertFailsAsync(mode, source, _key, $"rm {source}");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_socket_file_that_another_process_listens_at_is_left_alone(string mode)
    {
        using var other = new Target(AddressKind.Unix, _directory);

        string line = await AssertFailsAsync(mode, other.Address, _key, $"{other.Address}");

        Assert.DoesNotContain("rm ", line, StringComparison.Ordinal);
        using Duplex stillThere = Duplex.Of(await other.Address.ConnectAsync());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_file_that_is_no_socket_is_left_alone(string mode)
    {
        string line = await AssertFailsAsync(mode, TestAddress.Unix(_key), _key, "a regular file");

        Assert.DoesNotContain("rm ", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task An_address_to_connect_from_that_no_interface_has_is_named(string mode) =>
        await AssertFailsAsync(mode, _source, _key, "192.0.2.1", "-b", "192.0.2.1");

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_target_that_is_the_source_is_named(string mode) =>
        await AssertFailsAsync(mode, TestAddress.Tcp(System.Net.IPAddress.Loopback, 9), _key, "[127.0.0.1]:9 is the source");

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_pid_file_that_cannot_be_written_is_named(string mode)
    {
        string pidFile = _directory.File("no-such-directory/pid");

        await AssertFailsAsync(mode, _source, _key, pidFile, "-p", pidFile);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_missing_key_file_is_named(string mode)
    {
        string key = _directory.File("no-such-key");

        await AssertFailsAsync(mode, _source, key, key);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_key_file_that_cannot_be_read_is_named(string mode) =>
        await AssertFailsAsync(mode, _source, _directory.Path, _directory.Path);

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_user_that_does_not_exist_is_named(string mode) =>
        await AssertFailsAsync(mode, _source, _key, "no-such-user", "-u", "no-such-user");

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_group_that_does_not_exist_is_named(string mode) =>
        await AssertFailsAsync(mode, _source, _key, "no-such-group", "-u", ":no-such-group");

    [Fact]
    public async Task A_limit_of_open_files_that_is_too_low_to_load_the_program_is_named()
    {
        using TestProcess process = TestProcess.Start(
            "prlimit", ["--nofile=100", Programs.SpipedNet, "-F", "-e", "-s", _source.Text, "-t", "[127.0.0.1]:9", "-k", _key]);
        ProcessOutcome outcome = await process.OutcomeAsync();

        Assert.Equal(1, outcome.Status);
        Assert.Equal(
            "spiped-net: this process may open 100 files, and 128 are the least it needs; "
            + "raise the limit (ulimit -n, LimitNOFILE= in a unit)\n",
            outcome.Error);
    }

    [Fact]
    public async Task A_running_daemons_pid_file_survives_a_second_start()
    {
        string[] arguments = ["-e", "-s", _source.Text, "-t", "[127.0.0.1]:9", "-k", _key];
        using DaemonProcess first = await DaemonProcess.StartAsync(
            Programs.SpipedNet, arguments, $"{_source}.pid", _directory.Path);

        ProcessOutcome second = await TestProcess.RunAsync(Programs.SpipedNet, arguments, directory: _directory.Path);

        Assert.Equal(1, second.Status);
        Assert.Equal($"{first.Id}", await File.ReadAllTextAsync(_directory.File($"{_source}.pid")));
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string> AssertFailsAsync(
        string mode, TestAddress source, string key, string expected, params string[] flags)
    {
        string[] before = Entries();
        string[] arguments =
        [
            .. mode == "foreground" ? ["-F"] : Array.Empty<string>(),
            "-e", "-s", source.Text, "-t", "[127.0.0.1]:9", "-k", key, .. flags,
        ];
        using TestProcess process = TestProcess.Start(Programs.SpipedNet, arguments, _directory.Path);
        ProcessOutcome outcome = await process.OutcomeAsync();

        Assert.Equal(1, outcome.Status);
        string line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("spiped-net: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
        Assert.Empty(process.Running);
        return line;
    }

    private string[] Entries() => [.. Directory.EnumerateFileSystemEntries(_directory.Path).Order()];
}
