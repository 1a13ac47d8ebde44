using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel.Tests.Targets;

/// <summary>Which of a name's addresses is asked, and which one gets connections.</summary>
public sealed class TargetProbeTests : IDisposable
{
    private static readonly TunnelAddress Name = TunnelAddress.Parse("redis.invalid:6379");

    private readonly TestTunnel _tunnel = new();
    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("key"u8);
    private readonly FakeRedis _first = new();
    private readonly FakeRedis _second = new();
    private readonly TargetResolver _target;

    // Nobody is at the first of two addresses.
    public TargetProbeTests() =>
        _target = new TargetResolver(Name, [TestTunnel.FreeEndPoint(), _first.EndPoint], NullLogger.Instance);

    public void Dispose()
    {
        _target.Dispose();
        _second.Dispose();
        _first.Dispose();
        _tunnel.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public async Task A_target_that_has_moved_is_asked_at_its_new_address()
    {
        using var probe = TargetProbe.Of(_target, Dial(TunnelRole.Receiver), new TargetCheckOptions(TargetCheckKind.Redis));
        Assert.Equal(TargetState.Up with { EndPoint = _first.EndPoint }, await probe.AskAsync(default));

        _target.Accept([_second.EndPoint]);

        Assert.Equal(TargetState.Up with { EndPoint = _second.EndPoint }, await probe.AskAsync(default));
    }

    [Fact]
    public async Task The_address_that_answers_is_asked_on_the_same_connection_while_the_target_has_it()
    {
        using var probe = TargetProbe.Of(_target, Dial(TunnelRole.Receiver), new TargetCheckOptions(TargetCheckKind.Redis));
        await probe.AskAsync(default);

        _target.Accept([_second.EndPoint, _first.EndPoint]);

        Assert.Equal(TargetState.Up with { EndPoint = _first.EndPoint }, await probe.AskAsync(default));
        Assert.Equal(1, _first.Accepted);
    }

    [Fact]
    public async Task A_sender_knows_which_address_answers_though_the_handshake_is_not_its_own()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        _target.Accept([TestTunnel.FreeEndPoint(), wire]);
        var options = new TargetCheckOptions(TargetCheckKind.Tcp) { Timeout = TimeSpan.FromSeconds(0.1) };
        using var probe = TargetProbe.Of(_target, Dial(TunnelRole.Sender), options);

        Assert.Equal(TargetState.Up with { EndPoint = wire }, await probe.AskAsync(default));
    }

    [Theory]
    [InlineData("Tcp")]
    [InlineData("Redis")]
    public async Task Connections_go_to_the_address_that_answers(string kind)
    {
        var options = new TargetCheckOptions(Enum.Parse<TargetCheckKind>(kind)) { Interval = TimeSpan.FromSeconds(0.01) };
        using var targets = new CheckedTargets([_target], [], Dial(TunnelRole.Receiver), options, new ConnectionSet(), NullLogger.Instance);
        targets.Start();
        await GoToAsync(targets, _first.EndPoint);

        _target.Accept([TestTunnel.FreeEndPoint(), _second.EndPoint]);

        await GoToAsync(targets, _second.EndPoint);
    }

    private static async Task GoToAsync(CheckedTargets targets, EndPoint expected)
    {
        IReadOnlyList<EndPoint> picked = [];
        for (long end = Environment.TickCount64 + 30_000; !picked.SequenceEqual([expected]);)
        {
            Assert.True(Environment.TickCount64 < end, $"connections go to {string.Join(", ", picked)}");
            await Task.Delay(10);
            // While there is none, a pick waits, and on a loop.
            if (targets.IsAnyChosen == true)
                picked = (await targets.PickAsync(loop: null!, TimeSpan.Zero)).EndPoints;
        }
    }

    private DialOptions Dial(TunnelRole role) => new(
        new TunnelOptions { Role = role, Source = Name, Targets = [Name] }, new TunnelKeys(KeyRing.Borrowing(_secret)), _tunnel.Loops, Bind: null);
}
