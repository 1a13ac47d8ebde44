using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>What a service manager hears of the daemon (sd_notify(3)).</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class NotifyTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly NotifySocket _manager;
    private readonly TestAddress _source;
    private readonly string _key;

    public NotifyTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _manager = NotifySocket.In(_directory);
        _source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_ready_when_it_listens(bool isAbstract)
    {
        using NotifySocket manager = isAbstract ? NotifySocket.Abstract() : NotifySocket.In(_directory);
        using TunnelEnd end = Start(manager);

        string[] message = await manager.ReceiveAsync("READY=1");

        Assert.True(_source.IsListening);
        Assert.Equal(["READY=1", "STATUS=0 connections open"], message);
    }

    [Fact]
    public async Task A_daemon_that_cannot_listen_is_never_ready()
    {
        using TunnelEnd other = TunnelEnd.Start(Maker.Ours, "-e", _source, _target.Address.Text, _key);
        await other.ListeningAsync();
        using TunnelEnd end = Start(_manager);

        Assert.Equal(1, await end.Process.ExitAsync());
        Assert.True(_manager.IsEmpty);
    }

    [Fact]
    public async Task The_status_says_how_many_connections_are_open()
    {
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", middle, _target.Address.Text, _key);
        using TunnelEnd client = Start(_manager, middle);
        await server.ListeningAsync();
        await _manager.ReceiveAsync("READY=1");

        using (Duplex connection = Duplex.Of(await _source.ConnectAsync()))
        {
            await connection.AssertEchoesAsync();
            await _manager.ReceiveAsync("STATUS=1 connection open");
        }

        await _manager.ReceiveAsync("STATUS=0 connections open");
    }

    [Fact]
    public async Task A_status_that_has_not_changed_is_not_sent_again()
    {
        using TunnelEnd end = Start(_manager, _target.Address, "WATCHDOG_USEC=2000000");

        // After three seconds, in which the status was looked at as often.
        for (int i = 0; i < 3; i++)
            await _manager.ReceiveAsync("WATCHDOG=1");

        Assert.Equal(["READY=1", "STATUS=0 connections open", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"], _manager.Lines);
    }

    [Fact]
    public async Task A_watchdog_that_is_in_more_of_a_hurry_than_a_timer_can_be_gets_signs_of_life()
    {
        using TunnelEnd end = Start(_manager, _target.Address, "WATCHDOG_USEC=1");

        await _manager.ReceiveAsync("WATCHDOG=1");
    }

    [Fact]
    public async Task The_watchdog_gets_a_sign_of_life_also_at_the_limit_and_in_a_drain()
    {
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", middle, _target.Address.Text, _key);
        using TunnelEnd client = Start(_manager, middle, "WATCHDOG_USEC=100000", "-n", "1");
        await server.ListeningAsync();
        await _manager.ReceiveAsync("READY=1");
        using Duplex connection = Duplex.Of(await _source.ConnectAsync());
        await connection.AssertEchoesAsync();
        using Duplex waiting = Duplex.Of(await _source.ConnectAsync());
        await client.Process.ErrorContainsAsync("limit of 1 connection reached");

        await _manager.ReceiveAsync("WATCHDOG=1");
        client.Process.Signal(ProcessTable.Terminate);
        await _manager.ReceiveAsync("STOPPING=1");
        await _manager.ReceiveAsync("WATCHDOG=1");
    }

    [Fact]
    public async Task A_drain_is_told_with_what_is_still_open()
    {
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", middle, _target.Address.Text, _key);
        using TunnelEnd client = Start(_manager, middle);
        await server.ListeningAsync();
        await _manager.ReceiveAsync("READY=1");
        using (Duplex connection = Duplex.Of(await _source.ConnectAsync()))
        {
            await connection.AssertEchoesAsync();

            client.Process.Signal(ProcessTable.Terminate);

            Assert.Equal(["STOPPING=1", "STATUS=draining: 1 connection open"], await _manager.ReceiveAsync("STOPPING=1"));
        }

        Assert.Equal(0, await client.Process.ExitAsync());
    }

    [Fact]
    public async Task A_manager_that_has_gone_is_one_warning()
    {
        _manager.Dispose();
        using TunnelEnd end = Start(_manager);
        await end.Process.ErrorContainsAsync(
            $"warning: cannot tell the service manager at {_manager.Address} (NOTIFY_SOCKET): ");
        end.Process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await end.Process.ExitAsync());
        Assert.Single(end.Process.Error.Split('\n'), line => line.Contains("NOTIFY_SOCKET", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _manager.Dispose();
        _target.Dispose();
        _directory.Dispose();
    }

    private TunnelEnd Start(NotifySocket manager) => Start(manager, _target.Address);

    private TunnelEnd Start(NotifySocket manager, TestAddress target, string variable = "UNUSED=", params string[] flags) =>
        TunnelEnd.Start(
            ["env", $"NOTIFY_SOCKET={manager.Address}", variable, Programs.SpipedNet], "-e", _source, target.Text, _key, flags);
}
