using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Status;

/// <summary>Where control sockets are, who may ask, and what is left of them.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ControlSocketTests : IDisposable
{
    private const string NothingRuns =
        "spiped-net: no tunnel runs here whose status may be seen (a daemon with --no-control has none, and stock spiped)\n";

    private readonly TestDirectory _directory = new();

    private string Socket => _directory.File("control.sock");

    [Fact]
    public async Task Only_its_owner_may_use_it_whatever_the_mask()
    {
        using TunnelEnd end = await StartAsync(["sh", "-c", "umask 0; exec \"$@\"", "sh"]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));
    }

    [RootFact]
    public async Task It_belongs_to_the_user_that_the_daemon_becomes()
    {
        using TunnelEnd end = await StartAsync([], "-u", "daemon:nogroup");

        Assert.Equal("daemon nogroup\n", (await TestProcess.RunAsync("stat", ["-c", "%U %G", Socket])).Output);
    }

    [RootFact]
    public async Task Another_user_is_told_that_permission_is_missing()
    {
        using TunnelEnd end = await StartAsync([]);
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);

        ProcessOutcome outcome = await TestProcess.RunAsync(
            "setpriv", ["--reuid", "daemon", "--clear-groups", "--", Programs.SpipedNet, "status", "--socket", Socket]);

        Assert.Equal(
            new ProcessOutcome(1, "", $"spiped-net: cannot ask {Socket}: permission denied; be root, or the daemon's user\n"), outcome);
    }

    [Fact]
    public async Task It_is_gone_at_the_end()
    {
        using TunnelEnd end = await StartAsync([]);
        Assert.True(File.Exists(Socket));

        end.Process.Signal(ProcessTable.Terminate);
        await end.Process.ExitAsync();

        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task With_no_control_there_is_none()
    {
        using TunnelEnd end = await StartAsync([], "--no-control");

        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task That_of_a_killed_process_is_replaced()
    {
        using (TunnelEnd killed = await StartAsync([]))
        {
            killed.Process.Signal(ProcessTable.Kill);
            await killed.Process.ExitAsync();
        }

        Assert.True(File.Exists(Socket));
        using TunnelEnd next = await StartAsync([]);

        Assert.Contains($" {next.Process.Id},", (await StatusAsync("--socket", Socket)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_stays()
    {
        await File.WriteAllTextAsync(Socket, "mine");
        using TunnelEnd end = await StartAsync([]);

        Assert.Equal("mine", await File.ReadAllTextAsync(Socket));
    }

    [Fact]
    public async Task That_of_a_living_process_stays_its_own()
    {
        using TunnelEnd first = await StartAsync([]);
        using TunnelEnd second = await StartAsync([]);

        Assert.Contains($" {first.Process.Id},", (await StatusAsync("--socket", Socket)).Output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Roots_the_units_and_the_users_are_found_and_dead_ones_passed_over() => Assert.Equal(
        "tunnel: [127.0.0.1]:1\ntunnel: spiped-send@redis\ntunnel: [127.0.0.1]:3\n",
        await InEmptyRunAsync(
            $"""
            mkdir -p /run/spiped-net/spiped-send@redis /run/spiped-net/other /run/user
            start() {'{'} "$spiped_net" -F -e -s "[127.0.0.1]:$1" -t '[127.0.0.1]:9' -k key 2>"log$1" & until grep -qs started "log$1"; do sleep .05; done; {'}'}
            start 1
            start 4; kill -9 $!; wait $! 2>/dev/null
            RUNTIME_DIRECTORY=/run/elsewhere:/run/spiped-net/spiped-send@redis start 2
            mount --bind -o ro /run/spiped-net /run/spiped-net
            XDG_RUNTIME_DIR=/run/user start 3
            XDG_RUNTIME_DIR=/run/user "$spiped_net" status | grep '^[a-z]'
            """));

    [RootFact]
    public async Task Where_nothing_runs_it_says_so() =>
        Assert.Equal($"{NothingRuns}1\n", await InEmptyRunAsync("\"$spiped_net\" status; echo $?"));

    [Fact]
    public async Task A_socket_that_is_not_there_is_told_as_that() => Assert.Equal(
        new ProcessOutcome(1, "", $"spiped-net: cannot ask {Socket}: there is no such file\n"), await StatusAsync("--socket", Socket));

    [RootFact]
    public async Task A_daemon_removes_what_dead_ones_have_left() => Assert.Equal(
        "1\n",
        await InEmptyRunAsync(
            """
            mkdir /run/spiped-net; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/spiped-net/4000000.sock")'
            "$spiped_net" -F -e -s '[127.0.0.1]:1' -t '[127.0.0.1]:9' -k key 2>log & until grep -qs started log; do sleep .05; done
            ls /run/spiped-net | wc -l
            """));

    public void Dispose() => _directory.Dispose();

    private static Task<ProcessOutcome> StatusAsync(params string[] arguments) =>
        TestProcess.RunAsync(Programs.SpipedNet, ["status", .. arguments]);

    private async Task<TunnelEnd> StartAsync(string[] command, params string[] flags)
    {
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TunnelEnd end = TunnelEnd.Start(
            [.. command, "env", $"RUNTIME_DIRECTORY={_directory.Path}", Programs.SpipedNet],
            "-e", source, "[127.0.0.1]:9", _directory.NewKey(), flags);
        await end.Process.ErrorContainsAsync("started");
        return end;
    }

    // What a script prints where /run is empty, the network its own, and what it starts ends with it.
    private async Task<string> InEmptyRunAsync(string script)
    {
        File.Move(_directory.NewKey(), _directory.File("key"));
        string[] command = Namespaces.Unshare("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc");
        ProcessOutcome outcome = await TestProcess.RunAsync(
            command[0],
            [.. command[1..], "sh", "-c", $"mount -t tmpfs -o mode=755 none /run; ip link set lo up; exec 2>&1; spiped_net=$1\n{script}", "sh", Programs.SpipedNet],
            directory: _directory.Path);
        return outcome.Output + outcome.Error;
    }
}
