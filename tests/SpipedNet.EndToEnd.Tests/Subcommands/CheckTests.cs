using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Subcommands;

/// <summary>spiped-net check: each step that works is told of, and the first that does not leads to the fix.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class CheckTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string _key;

    public CheckTests() => _key = _directory.NewKey();

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task A_Redis_behind_a_tunnel_answers_and_each_step_has_its_time(Maker maker)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelEnd server = await StartAsync(maker, redis.Address);

        ProcessOutcome outcome = await CheckAsync(server.Source, "--redis");

        AssertIsWell(outcome, "resolve", "connect", "handshake", "redis");
        Assert.EndsWith(" ms  PONG\n", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-f")]
    [InlineData("-g")]
    public async Task Forward_secrecy_is_as_with_spipe(string option)
    {
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using TunnelEnd server = await StartAsync(Maker.Ours, target.Address);

        AssertIsWell(await CheckAsync(server.Source, option), "resolve", "connect", "handshake");
    }

    [Fact]
    public async Task A_Redis_that_wants_a_password_is_one_that_answers()
    {
        using RedisServer redis = await RedisServer.StartAsync("--requirepass", "secret");
        using TunnelEnd server = await StartAsync(Maker.Ours, redis.Address);

        ProcessOutcome outcome = await CheckAsync(server.Source, "--redis");

        AssertIsWell(outcome, "resolve", "connect", "handshake", "redis");
        Assert.Contains("NOAUTH", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_listens_that_is_said()
    {
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, _directory);

        AssertFails(
            await CheckAsync(nobody), ["resolve"], $"spiped-net: target {nobody}: connection refused; is a spiped -d listening there,");
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_said_to_be_one() => AssertFails(
        await RunAsync("-t", "no-such-host.invalid:8025", "-k", _key), [], "spiped-net: cannot look up no-such-host.invalid:8025: ");

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task Another_key_leads_to_the_fingerprints(Maker maker)
    {
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using TunnelEnd server = await StartAsync(maker, target.Address);

        string other = _directory.NewKey();

        ProcessOutcome outcome = await RunAsync("-t", server.Source.Text, "-k", other);

        AssertFails(outcome, ["resolve", "connect"], "compare the key fingerprints");
        ProcessOutcome fingerprint = await TestProcess.RunAsync(Programs.SpipedNet, ["fingerprint", other]);
        Assert.EndsWith($" (the key here is {fingerprint.Output.Trim()})\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_spiped_is_said_to_be_none()
    {
        using var greeter = new Target(AddressKind.Tcp4, _directory);
        TestAddress address = greeter.Address;
        using var target = new GreetingTarget(greeter, new string('x', 64));

        AssertFails(await CheckAsync(address), ["resolve", "connect"], "the peer sent text, so it is no spiped -d; look at the target (-t)");
    }

    [Theory]
    [InlineData("--redis")]
    [InlineData("-j")]
    public async Task A_target_that_refuses_the_other_end_leads_to_its_log(string option)
    {
        using TunnelEnd server = await StartAsync(Maker.Ours, TestAddress.Unused(AddressKind.Tcp4, _directory));

        AssertFails(
            await CheckAsync(server.Source, option), ["resolve", "connect", "handshake"],
            "the other end probably could not reach its target; see its log");
    }

    [Fact]
    public async Task A_stock_spiped_whose_target_refuses_it_fails_in_the_handshake()
    {
        using TunnelEnd server = await StartAsync(Maker.Stock, TestAddress.Unused(AddressKind.Tcp4, _directory));

        AssertFails(await CheckAsync(server.Source, "--redis"), ["resolve", "connect"], "reach its target");
    }

    [Fact]
    public async Task A_target_that_is_no_Redis_is_shown_by_its_answer()
    {
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using TunnelEnd server = await StartAsync(Maker.Ours, target.Address);

        AssertFails(
            await CheckAsync(server.Source, "--redis"), ["resolve", "connect", "handshake"],
            "what is behind the other end answers \"PING\", so it is no Redis");
    }

    [Fact]
    public async Task A_target_that_does_not_answer_a_PING_takes_no_longer_than_the_timeout()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        using TunnelEnd server = await StartAsync(Maker.Ours, target.Address);

        AssertFails(
            await CheckAsync(server.Source, "--redis", "-o", "2"), ["resolve", "connect", "handshake"],
            "no answer to a PING within 2 s (-o)");
    }

    [Fact]
    public async Task It_leaves_nothing_open_even_where_the_target_never_ends_its_side()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        using TunnelEnd server = await StartAsync(Maker.Ours, target.Address);
        Task<ProcessOutcome> check = CheckAsync(server.Source);
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "a connection");

        AssertIsWell(await check, "resolve", "connect", "handshake");

        await server.Process.ErrorContainsAsync("broke: wire: ");
    }

    [Fact]
    public async Task The_exit_status_does_not_depend_on_a_reader()
    {
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using TunnelEnd server = await StartAsync(Maker.Ours, target.Address);

        ProcessOutcome outcome = await TestProcess.RunAsync(
            "sh", ["-c", "exec \"$0\" check -t \"$1\" -k \"$2\" >/dev/full 2>&1", Programs.SpipedNet, server.Source.Text, _key]);

        Assert.Equal(0, outcome.Status);
    }

    public void Dispose() => _directory.Dispose();

    private static void AssertIsWell(ProcessOutcome outcome, params string[] steps)
    {
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        AssertSteps(outcome, steps);
    }

    private static void AssertFails(ProcessOutcome outcome, string[] steps, string reason)
    {
        Assert.Equal(1, outcome.Status);
        string line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(reason, line, StringComparison.Ordinal);
        AssertSteps(outcome, steps);
    }

    private static void AssertSteps(ProcessOutcome outcome, string[] steps)
    {
        string[] lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(steps, lines.Select(line => line.Split(' ')[0]));
        Assert.All(lines, line => Assert.Matches(@"^[a-z]+ +[0-9]+\.[0-9] ms  \S", line));
    }

    private Task<ProcessOutcome> CheckAsync(TestAddress target, params string[] more) =>
        RunAsync(["-t", target.Text, "-k", _key, .. more]);

    private static Task<ProcessOutcome> RunAsync(params string[] arguments) =>
        TestProcess.RunAsync(Programs.SpipedNet, ["check", .. arguments]);

    private async Task<TunnelEnd> StartAsync(Maker maker, TestAddress target)
    {
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TunnelEnd end = TunnelEnd.Start(maker, "-d", source, target.Text, _key);
        await end.ListeningAsync();
        return end;
    }
}
