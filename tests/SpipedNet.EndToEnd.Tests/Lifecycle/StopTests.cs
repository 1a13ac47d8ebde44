using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>SIGTERM lets connections end, SIGINT does not; as an ordinary process and as the first of a container.</summary>
public sealed class StopTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly string _key;
    private readonly TestAddress _middle;
    private readonly TestAddress _source;

    public StopTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
        _middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _source = TestAddress.Unused(AddressKind.Tcp4, _directory);
    }

    public static TheoryData<string> Roles => new("-e", "-d");

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task After_SIGTERM_the_open_connection_works_on_and_its_end_ends_the_process_with_0(string role)
    {
        using TunnelEnd server = await StartAsync("-d", _middle, _target.Address);
        using TunnelEnd client = await StartAsync("-e", _source, _middle);
        TestProcess stopped = role == "-e" ? client.Process : server.Process;
        using (Duplex connection = Duplex.Of(await _source.ConnectAsync()))
        {
            await connection.AssertEchoesAsync();

            stopped.Signal(ProcessTable.Terminate);

            await connection.AssertEchoesAsync();
            Assert.True(ProcessTable.IsRunning(stopped.Id));
        }
        Assert.Equal(0, await stopped.ExitAsync());
    }

    [Theory]
    [InlineData(AddressKind.Tcp4)]
    [InlineData(AddressKind.Unix)]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task After_SIGTERM_new_connections_are_refused(AddressKind kind)
    {
        TestAddress source = TestAddress.Unused(kind, _directory);
        using TunnelEnd server = await StartAsync("-d", _middle, _target.Address);
        using TunnelEnd client = await StartAsync("-e", source, _middle);
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.AssertEchoesAsync();

        client.Process.Signal(ProcessTable.Terminate);

        await Deadline.UntilAsync(() => !source.IsListening, "the listener is closed");
        await Assert.ThrowsAnyAsync<SocketException>(source.ConnectAsync);
        await connection.AssertEchoesAsync();
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)] // spiped listens before it handles signals
    public async Task SIGTERM_ends_an_idle_process_with_0()
    {
        using TunnelEnd client = await StartAsync("-e", _source, _middle);
        // It listens a moment before it serves, and a signal in between leaves nothing to drain.
        await client.Process.ErrorContainsAsync("started");

        client.Process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await client.Process.ExitAsync());
        await client.Process.ErrorContainsAsync($"drained {_source}: ");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task SIGINT_ends_the_process_although_a_connection_is_open(string role)
    {
        using TunnelEnd server = await StartAsync("-d", _middle, _target.Address);
        using TunnelEnd client = await StartAsync("-e", _source, _middle);
        TestProcess stopped = role == "-e" ? client.Process : server.Process;
        using Duplex connection = Duplex.Of(await _source.ConnectAsync());
        await connection.AssertEchoesAsync();

        stopped.Signal(ProcessTable.Interrupt);

        Assert.Equal(128 + ProcessTable.Interrupt, await stopped.ExitAsync());
        await Deadline.ForAsync(connection.CountUntilEndAsync(), "the connection's end");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task SIGINT_ends_a_process_that_drains()
    {
        using TunnelEnd server = await StartAsync("-d", _middle, _target.Address);
        using TunnelEnd client = await StartAsync("-e", _source, _middle);
        using Duplex connection = Duplex.Of(await _source.ConnectAsync());
        await connection.AssertEchoesAsync();
        client.Process.Signal(ProcessTable.Terminate);
        await client.Process.ErrorContainsAsync($"draining {_source}: 1 connection open");

        client.Process.Signal(ProcessTable.Interrupt);

        Assert.Equal(128 + ProcessTable.Interrupt, await client.Process.ExitAsync());
        await client.Process.ErrorContainsAsync($"interrupted at {_source}: resetting 1 connection,");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_drain_that_outlasts_its_timeout_resets_the_connections_counts_them_and_ends_with_0(string role)
    {
        using TunnelEnd server = await StartAsync("-d", _middle, _target.Address, "--drain-timeout", "0.1");
        using TunnelEnd client = await StartAsync("-e", _source, _middle, "--drain-timeout", "0.1");
        TunnelEnd stopped = role == "-e" ? client : server;
        using Duplex first = Duplex.Of(await _source.ConnectAsync());
        using Duplex second = Duplex.Of(await _source.ConnectAsync());
        await first.AssertEchoesAsync();
        await second.AssertEchoesAsync();

        stopped.Process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await stopped.Process.ExitAsync());
        await AssertResetAsync(first);
        await AssertResetAsync(second);
        await stopped.Process.ErrorContainsAsync($"draining {stopped.Source}: 2 connections open");
        await stopped.Process.ErrorContainsAsync(
            $"warning: drain of {stopped.Source} not finished within 0.1 s (--drain-timeout): resetting 2 connections, exiting");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_drain_that_finishes_in_time_is_like_one_without_a_timeout()
    {
        using TunnelEnd server = await StartAsync("-d", _middle, _target.Address);
        using TunnelEnd client = await StartAsync("-e", _source, _middle, "--drain-timeout", "3600");
        using (Duplex connection = Duplex.Of(await _source.ConnectAsync()))
        {
            await connection.AssertEchoesAsync();
            client.Process.Signal(ProcessTable.Terminate);
            await client.Process.ErrorContainsAsync($"draining {_source}: 1 connection open");
            await connection.AssertEchoesAsync();
        }

        Assert.Equal(0, await client.Process.ExitAsync());
        await client.Process.ErrorContainsAsync($"drained {_source}: no connection is open, exiting");
    }

    [Theory]
    [InlineData(ProcessTable.Terminate, 0)]
    [InlineData(ProcessTable.Interrupt, 128 + ProcessTable.Interrupt)]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task Signals_end_the_first_process_of_a_container(int signal, int expectedStatus)
    {
        string[] command = [.. Namespaces.Unshare("--pid", "--fork", "--kill-child", "--mount-proc"), Programs.SpipedNet];
        using TunnelEnd end = TunnelEnd.Start(command, "-e", _source, _middle.Text, _key);
        await end.ListeningAsync();
        int first = Assert.Single(ProcessTable.ChildrenOf(end.Process.Id));
        Assert.Equal("1", ProcessTable.Status(first, "NSpid")[^1]);

        ProcessTable.Signal(first, signal);

        Assert.Equal(expectedStatus, await end.Process.ExitAsync());
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    // A connection that was cut must not look complete.
    private static async Task AssertResetAsync(Duplex connection)
    {
        Task<ReceivedBytes> end = Deadline.ForAsync(connection.DigestAsync(), "the connection's end");
        IOException failure = await Assert.ThrowsAsync<IOException>(() => end);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode);
    }

    private async Task<TunnelEnd> StartAsync(string role, TestAddress source, TestAddress target, params string[] flags)
    {
        TunnelEnd end = TunnelEnd.Start(Maker.Ours, role, source, target.Text, _key, flags);
        await end.ListeningAsync();
        return end;
    }
}
