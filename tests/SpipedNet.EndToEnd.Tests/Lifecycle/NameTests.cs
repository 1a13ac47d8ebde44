using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>A target known by name, in a hosts file that changes while the tunnel runs.</summary>
public sealed class NameTests : IDisposable
{
    private const string FirstIp = NamedTarget.FirstIp;
    private const string SecondIp = NamedTarget.SecondIp;

    private readonly TestDirectory _directory = new();
    private readonly string _hosts;
    private readonly string _key;
    private readonly NamedTarget _target = new();

    public NameTests()
    {
        _hosts = _directory.File("hosts");
        _key = _directory.NewKey();
    }

    [Fact]
    public async Task New_connections_follow_a_name_that_moves()
    {
        WriteHosts(FirstIp);
        using TunnelEnd server = await StartAsync("-r", "0.2");
        using TunnelEnd client = await StartClientAsync(server);
        Assert.Equal(FirstIp, await NamedTarget.ReachedAsync(client));

        WriteHosts(SecondIp);

        await NamedTarget.MovedAsync(client, SecondIp);
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task While_a_name_cannot_be_looked_up_its_last_address_serves()
    {
        WriteHosts(FirstIp);
        using TunnelEnd server = await StartAsync("-r", "0.2");
        using TunnelEnd client = await StartClientAsync(server);

        WriteHosts();
        await server.Process.ErrorContainsAsync($"cannot look up {NamedTarget.Name}");
        Assert.Equal(FirstIp, await NamedTarget.ReachedAsync(client));

        WriteHosts(SecondIp);
        await NamedTarget.MovedAsync(client, SecondIp);
    }

    [Fact]
    public async Task With_R_connections_stay_with_the_address_that_the_name_had_at_start()
    {
        WriteHosts(FirstIp);
        using TunnelEnd following = await StartAsync("-r", "0.2");
        using TunnelEnd followingClient = await StartClientAsync(following);
        using TunnelEnd staying = await StartAsync("-R");
        using TunnelEnd stayingClient = await StartClientAsync(staying);

        WriteHosts(SecondIp);
        await NamedTarget.MovedAsync(followingClient, SecondIp);

        Assert.Equal(FirstIp, await NamedTarget.ReachedAsync(stayingClient));
    }

    [Fact]
    public async Task An_address_that_refuses_gives_way_to_the_next_one_of_the_name()
    {
        WriteHosts(FirstIp, SecondIp);
        _target.First.Dispose();
        using TunnelEnd server = await StartAsync();
        using TunnelEnd client = await StartClientAsync(server);

        Assert.Equal(SecondIp, await NamedTarget.ReachedAsync(client));
    }

    [Fact]
    public async Task A_name_that_is_unknown_at_start_is_an_error()
    {
        WriteHosts();
        using TunnelEnd server = Start();

        ProcessOutcome outcome = await server.Process.OutcomeAsync();

        Assert.Equal(1, outcome.Status);
        Assert.Contains(_target.Text, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_D_a_name_that_is_unknown_at_start_is_waited_for()
    {
        WriteHosts();
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        string[] command = [.. Namespaces.WithHosts(_directory, _hosts), Programs.SpipedNet];
        using TestProcess parent = TestProcess.Start(
            command[0],
            [
                .. command.Skip(1), "-D", "-d", "-s", source.Text, "-t", _target.Text, "-k", _key,
                "-p", _directory.File("waiting.pid"),
            ]);
        Assert.Equal(0, await parent.ExitAsync());
        // Either program's line that the name cannot be looked up.
        await parent.ErrorContainsAsync($"up {NamedTarget.Name}");
        Assert.False(source.IsListening);

        WriteHosts(FirstIp);

        await Deadline.UntilAsync(() => source.IsListening, "the daemon listens");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task With_D_a_signal_ends_the_waiting_with_a_line_and_the_pid_file_stays()
    {
        WriteHosts();
        string pidFile = _directory.File("waiting.pid");
        using TunnelEnd server = Start("-D", "-p", pidFile);
        await server.Process.ErrorContainsAsync("waiting for it");

        server.Process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await server.Process.ExitAsync());
        await server.Process.ErrorContainsAsync($"stopped before it served {server.Source}");
        Assert.Equal($"{server.Process.Id}", await File.ReadAllTextAsync(pidFile));
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    private void WriteHosts(params string[] ips) =>
        File.WriteAllLines(_hosts, ips.Select(ip => $"{ip} {NamedTarget.Name}"));

    private TunnelEnd Start(params string[] flags) => _target.StartServer(
        _directory, [.. Namespaces.WithHosts(_directory, _hosts), Programs.SpipedNet], _key, flags);

    private async Task<TunnelEnd> StartAsync(params string[] flags)
    {
        TunnelEnd server = Start(flags);
        await server.ListeningAsync();
        return server;
    }

    private Task<TunnelEnd> StartClientAsync(TunnelEnd server) => NamedTarget.StartClientAsync(_directory, server, _key);
}
