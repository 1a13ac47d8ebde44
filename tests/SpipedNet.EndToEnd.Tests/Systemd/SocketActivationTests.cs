using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Many;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>A source that a service manager has opened (<c>-s systemd:</c>, sd_listen_fds(3)).</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class SocketActivationTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly TestAddress _middle;
    private readonly string[] _command;

    public SocketActivationTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _command = [Programs.SpipedNet, "-F", "-d", "-s", "systemd:", "-t", _target.Address.Text, "-k", _directory.NewKey()];
    }

    [Fact]
    public async Task The_connection_that_starts_it_is_served()
    {
        using TestProcess activator = await ActivateAsync([]);
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd client = TunnelEnd.Start(Maker.Ours, "-e", source, _middle.Text, _command[^1]);
        await client.ListeningAsync();

        using Duplex connection = Duplex.Of(await source.ConnectAsync());

        await connection.AssertEchoesAsync();
        await activator.ErrorContainsAsync($"started, decrypting: the passed socket to {_target.Address}");
    }

    [Fact]
    public async Task The_socket_stays_when_a_password_is_another_at_a_reload()
    {
        string password = _directory.File("password");
        await File.WriteAllTextAsync(password, "one");
        using TestProcess activator = await ActivateAsync(["--target-check", "redis", "--redis-password-file", password]);
        using (Duplex.Of(await _middle.ConnectAsync()))
            await activator.ErrorContainsAsync("started, decrypting: the passed socket");
        await File.WriteAllTextAsync(password, "another");

        Assert.Contains("reloaded: 1 new or changed", await ManyTunnels.ReloadAsync(activator), StringComparison.Ordinal);

        Assert.Contains("reloaded: 0 new or changed", await ManyTunnels.ReloadAsync(activator), StringComparison.Ordinal);
        Assert.True(_middle.IsListening);
    }

    [Fact]
    public async Task Several_sockets_are_one_line()
    {
        TestAddress other = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TestProcess activator = await ActivateAsync([], "-l", $"127.0.0.1:{other.Port}");
        using Duplex connection = Duplex.Of(await other.ConnectAsync());

        Assert.Equal(1, await activator.ExitAsync());
        await activator.ErrorContainsAsync(
            "spiped-net: cannot listen on systemd: (-s): 2 sockets were passed to this process, and one tunnel has one; "
            + "leave one ListenStream= in the socket unit\n");
    }

    [Fact]
    public async Task No_socket_is_one_line()
    {
        ProcessOutcome outcome = await TestProcess.RunAsync(_command[0], _command[1..]);

        Assert.Equal(1, outcome.Status);
        Assert.Equal(
            "spiped-net: cannot listen on systemd: (-s): no socket was passed to this process (LISTEN_FDS, LISTEN_PID); "
            + "start it by a socket unit, or give an address\n",
            outcome.Error);
    }

    [Fact]
    public async Task A_socket_passed_to_another_process_does_not_count()
    {
        ProcessOutcome outcome = await TestProcess.RunAsync("env", ["LISTEN_FDS=1", "LISTEN_PID=1", .. _command]);

        Assert.Equal(1, outcome.Status);
        Assert.Contains("no socket was passed", outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    // It waits for the first connection, then becomes the program.
    private async Task<TestProcess> ActivateAsync(string[] options, params string[] flags)
    {
        TestProcess activator = TestProcess.Start(
            "systemd-socket-activate", ["-l", $"127.0.0.1:{_middle.Port}", .. flags, "--", .. _command, .. options]);
        await Deadline.UntilAsync(() => _middle.IsListening, "it waits for a connection");
        return activator;
    }
}
