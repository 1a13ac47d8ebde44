using System.Text;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>
/// What spiped's own test suite (its scenarios 01 to 05 and 08) asks for: a pair of daemons started with
/// <c>-k /dev/null -o 1 -p PIDFILE</c>, whose processes are gone soon after a SIGTERM and the end of the last connection.
/// </summary>
public sealed class UpstreamScenarioTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<DaemonProcess> _daemons = [];
    private TestAddress _source = null!;
    private TestAddress _middle = null!;

    [Theory]
    [InlineData(AddressKind.Tcp4)]
    [InlineData(AddressKind.Unix)]
    public async Task A_connection_opens_and_closes(AddressKind kind)
    {
        using var target = new Target(kind, _directory);
        await StartPairAsync(kind, target.Address);

        await UseConnectionAsync(target);

        await StopAsync();
    }

    [Fact]
    public async Task A_connection_may_be_idle_for_longer_than_the_timeout()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        await StartPairAsync(AddressKind.Tcp4, target.Address);

        await UseConnectionAsync(target, idle: TimeSpan.FromSeconds(2));

        await StopAsync();
    }

    [Fact]
    public async Task Two_connections_close_apart_from_each_other()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        await StartPairAsync(AddressKind.Tcp4, target.Address);
        using Duplex first = Duplex.Of(await _source.ConnectAsync());
        using Duplex firstAtTarget = await Deadline.ForAsync(target.AcceptAsync(), "the first connection");

        await UseConnectionAsync(target);

        await CloseBothWaysAsync(first, firstAtTarget);
        await StopAsync();
    }

    [Fact]
    public async Task A_file_sent_by_spipe_arrives_whole()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        await StartServerAsync(AddressKind.Tcp4, target.Address);
        byte[] file = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 2000)));

        using TestProcess spipe = TestProcess.StartPipe(Programs.SpipeNet, ["-t", _middle.Text, "-k", "/dev/null"]);
        Task sending = Duplex.Of(spipe).SendAllAsync(file);
        using (Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection"))
            Assert.Equal(ReceivedBytes.Of(file), await Deadline.ForAsync(atTarget.DigestAsync(), "the file"));

        await sending;
        Assert.Equal(0, await spipe.ExitAsync());
        await StopAsync();
    }

    [Fact]
    public async Task Spipe_fails_at_once_when_the_target_does_not_exist()
    {
        using TestProcess spipe = TestProcess.Start(
            Programs.SpipeNet, ["-t", _directory.File("no-such.socket"), "-k", "/dev/null"]);

        // Standard input is still open.
        Assert.Equal(1, await spipe.ExitAsync());
    }

    [Fact]
    public async Task A_file_sent_through_spiped_arrives_whole()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        await StartPairAsync(AddressKind.Tcp4, target.Address);
        byte[] file = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 2000)));

        using Duplex client = Duplex.Of(await _source.ConnectAsync());
        await client.SendAllAsync(file);
        using (Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection"))
            Assert.Equal(ReceivedBytes.Of(file), await Deadline.ForAsync(atTarget.DigestAsync(), "the file"));

        Assert.Equal(0, await Deadline.ForAsync(client.CountUntilEndAsync(), "the end"));
        await StopAsync();
    }

    [Fact]
    public async Task What_a_slow_server_echoes_arrives_after_spipe_has_closed_its_side()
    {
        using var target = new EchoTarget(
            new Target(AddressKind.Tcp4, _directory), pause: TimeSpan.FromMilliseconds(300));
        await StartServerAsync(AddressKind.Tcp4, target.Address);
        byte[] file = new byte[8000];
        Random.Shared.NextBytes(file);

        using TestProcess spipe = TestProcess.StartPipe(Programs.SpipeNet, ["-t", _middle.Text, "-k", "/dev/null"]);
        await Duplex.Of(spipe).SendAllAsync(file);

        Assert.Equal(
            ReceivedBytes.Of(file), await Deadline.ForAsync(Duplex.Of(spipe).DigestAsync(), "the echo and its end"));
        Assert.Equal(0, await spipe.ExitAsync());
        await StopAsync();
    }

    public void Dispose()
    {
        _daemons.ForEach(daemon => daemon.Dispose());
        _directory.Dispose();
    }

    private async Task StartPairAsync(AddressKind kind, TestAddress target)
    {
        await StartServerAsync(kind, target);
        _source = TestAddress.Unused(kind, _directory);
        await StartAsync("-e", _source, _middle);
    }

    private async Task StartServerAsync(AddressKind kind, TestAddress target)
    {
        _middle = TestAddress.Unused(kind, _directory);
        await StartAsync("-d", _middle, target);
    }

    private async Task StartAsync(string role, TestAddress source, TestAddress target)
    {
        string pidFile = $"spiped{role}.pid";
        string[] arguments =
            [role, "-s", source.Text, "-t", target.Text, "-p", pidFile, "-k", "/dev/null", "-o", "1"];
        _daemons.Add(await DaemonProcess.StartAsync(Programs.SpipedNet, arguments, pidFile, _directory.Path));
    }

    /// <summary>Opens a connection, sends a line, waits, closes, and sees the other end close.</summary>
    private async Task UseConnectionAsync(Target target, TimeSpan idle = default)
    {
        using Duplex client = Duplex.Of(await _source.ConnectAsync());
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");
        await client.Output.WriteAsync("\n"u8.ToArray());
        Assert.Equal("\n"u8.ToArray(), await atTarget.ReceiveAsync(1));
        await Task.Delay(idle); // the subject of the test: nothing happens for so long
        await CloseBothWaysAsync(client, atTarget);
    }

    private static async Task CloseBothWaysAsync(Duplex client, Duplex atTarget)
    {
        client.CloseOutput();
        Assert.Equal(0, (await Deadline.ForAsync(atTarget.DigestAsync(), "the client's end")).Count);
        atTarget.CloseOutput();
        Assert.Equal(0, (await Deadline.ForAsync(client.DigestAsync(), "the target's end")).Count);
    }

    private async Task StopAsync()
    {
        foreach (DaemonProcess daemon in _daemons)
            daemon.Signal(ProcessTable.Terminate);
        foreach (DaemonProcess daemon in _daemons)
            await daemon.EndAsync();
    }
}
