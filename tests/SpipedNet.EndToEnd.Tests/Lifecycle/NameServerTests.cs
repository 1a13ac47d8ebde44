using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>A target known by name, and a name server that is not always there.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class NameServerTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly NamedTarget _target = new();
    private readonly NameServer _server;
    private readonly string _key;

    public NameServerTests()
    {
        _server = new NameServer(_directory);
        _key = _directory.NewKey();
    }

    [RootFact]
    public async Task One_that_does_not_answer_at_the_start_is_an_error_that_blames_it()
    {
        using TunnelEnd end = Start();

        Assert.Equal(
            new ProcessOutcome(
                1, "",
                $"spiped-net: cannot look up {_target.Text}: the name server does not answer; "
                + "see /etc/resolv.conf (with -D it would be waited for)\n"),
            await end.Process.OutcomeAsync());
    }

    [RootFact]
    public async Task With_D_one_that_does_not_answer_at_the_start_is_waited_for()
    {
        using TunnelEnd end = Start("-D");
        await end.Process.ErrorContainsAsync("waiting for it");

        await _server.StartAsync(NamedTarget.Name, NamedTarget.FirstIp);

        await end.ListeningAsync();
        using TunnelEnd client = await NamedTarget.StartClientAsync(_directory, end, _key);
        Assert.Equal(NamedTarget.FirstIp, await NamedTarget.ReachedAsync(client));
    }

    [RootFact]
    public async Task While_it_is_away_the_last_answer_serves_and_then_its_new_answer_is_followed()
    {
        await _server.StartAsync(NamedTarget.Name, NamedTarget.FirstIp);
        using TunnelEnd end = Start("-r", "0.2");
        await end.ListeningAsync();
        using TunnelEnd client = await NamedTarget.StartClientAsync(_directory, end, _key);

        _server.Stop();
        await end.Process.ErrorContainsAsync($"cannot look up {_target.Text}: the name server does not answer");
        Assert.Equal(NamedTarget.FirstIp, await NamedTarget.ReachedAsync(client));

        await _server.StartAsync(NamedTarget.Name, NamedTarget.SecondIp);
        await NamedTarget.MovedAsync(client, NamedTarget.SecondIp);
        await end.Process.ErrorContainsAsync($"{_target.Text} can be looked up again");
    }

    [RootFact]
    public async Task Check_waits_no_longer_for_it_than_the_timeout()
    {
        using Socket silent = _server.TakeItsPlace();
        string[] command = [.. _server.Command, Programs.SpipedNet, "check", "-t", _target.Text, "-k", _key, "-o", "0.2"];

        ProcessOutcome outcome = await TestProcess.RunAsync(command[0], command[1..]);

        Assert.Equal(
            new ProcessOutcome(
                1, "",
                $"spiped-net: cannot look up {_target.Text}: no answer within 0.2 s (-o); does a name server answer? see /etc/resolv.conf\n"),
            outcome);
    }

    public void Dispose()
    {
        _server.Dispose();
        _target.Dispose();
        _directory.Dispose();
    }

    private TunnelEnd Start(params string[] flags) =>
        _target.StartServer(_directory, [.. _server.Command, Programs.SpipedNet], _key, flags);
}
