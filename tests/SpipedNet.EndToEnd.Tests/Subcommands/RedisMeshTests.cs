using System.Net;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Subcommands;

/// <summary>
/// spiped-net redis-mesh: what the script says of each host, and what --check finds. That the script does what it says is for
/// the pages to show.
/// </summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class RedisMeshTests : IDisposable
{
    private static readonly string[] Nodes = ["--node", "a=192.0.2.10", "--node", "b=db-b.example.com"];

    private readonly TestDirectory _directory = new();

    [Fact]
    public async Task A_node_receives_for_its_own_services_and_sends_to_those_of_the_others()
    {
        string script = await PrintAsync([.. Nodes, "--node", "c=192.0.2.12", "--self", "a", "--sentinel"]);

        Assert.Equal(
            [
                "tunnel redis-a '[192.0.2.10]:6379' '[127.0.2.1]:6379'",
                "tunnel sentinel-a '[192.0.2.10]:26379' '[127.0.2.1]:26379'",
                "tunnel redis-b '[127.0.2.2]:6379' db-b.example.com:6379",
                "tunnel sentinel-b '[127.0.2.2]:26379' db-b.example.com:26379",
                "tunnel redis-c '[127.0.2.3]:6379' '[192.0.2.12]:6379'",
                "tunnel sentinel-c '[127.0.2.3]:26379' '[192.0.2.12]:26379'",
            ],
            Lines(script, "tunnel "));
        Assert.Equal(
            [
                "systemctl disable --quiet --now spiped-send@redis-a spiped-send@sentinel-a "
                    + "spiped-receive@redis-b spiped-receive@sentinel-b spiped-receive@redis-c spiped-receive@sentinel-c",
                "systemctl enable --quiet spiped-receive@redis-a spiped-receive@sentinel-a "
                    + "spiped-send@redis-b spiped-send@sentinel-b spiped-send@redis-c spiped-send@sentinel-c",
            ],
            Lines(script, "systemctl "));
        Assert.Equal(
            ["replica-announce-ip 127.0.2.1", "sentinel announce-ip 127.0.2.1"],
            Lines(script, "replica-announce-ip ", "sentinel announce-ip "));
    }

    [Fact]
    public async Task A_host_with_clients_only_sends_to_all_and_leaves_Redis_and_the_bus_alone()
    {
        string script = await PrintAsync([.. Nodes, "--cluster"]);

        Assert.Equal(
            ["tunnel redis-a '[127.0.2.1]:6379' '[192.0.2.10]:6379'", "tunnel redis-b '[127.0.2.2]:6379' db-b.example.com:6379"],
            Lines(script, "tunnel "));
        Assert.DoesNotContain("/etc/redis/", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_node_announces_itself_and_has_tunnels_for_the_bus()
    {
        string script = await PrintAsync([.. Nodes, "--self", "b", "--cluster", "--port", "7000"]);

        Assert.Equal(
            ["cluster-announce-ip 127.0.2.2", "cluster-announce-port 7000", "cluster-announce-bus-port 17000"],
            Lines(script, "cluster-announce-"));
        Assert.Contains("tunnel redisbus-b db-b.example.com:17000 '[127.0.2.2]:17000'", Lines(script, "tunnel "));
    }

    [Fact]
    public async Task Two_Sentinels_cannot_agree_without_one_of_them()
    {
        ProcessOutcome outcome = await RunAsync([.. Nodes, "--sentinel"]);

        Assert.Equal(0, outcome.Status);
        Assert.StartsWith("spiped-net: with fewer than three nodes there is no failover: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "PONG")]
    [InlineData("secret", "it answers, and asks for a password (NOAUTH); which node it is was not checked")]
    public async Task Check_tells_of_a_node_that_answers(string password, string answer)
    {
        using RedisServer redis = await RedisServer.StartAsync("--bind", "127.0.0.1 127.0.2.1", "--requirepass", password);

        ProcessOutcome outcome = await RunAsync("--node", "a=localhost", "--self", "a", "--port", $"{redis.Address.Port}", "--check");

        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Matches($@"^redis-a +[0-9.]+ ms  127\.0\.2\.1:{redis.Address.Port}  {System.Text.RegularExpressions.Regex.Escape(answer)}\n$", outcome.Output);
    }

    [Fact]
    public async Task Check_names_the_unit_that_does_not_run_and_goes_on_with_the_other_nodes()
    {
        using RedisServer redis = await RedisServer.StartAsync("--bind", "127.0.0.1 127.0.2.2");

        ProcessOutcome outcome = await RunAsync([.. Nodes, "--port", $"{redis.Address.Port}", "--check"]);

        Assert.Equal(1, outcome.Status);
        Assert.Equal(
            $"spiped-net: redis-a: 127.0.2.1:{redis.Address.Port}: connection refused; does the tunnel run? "
            + "see systemctl status spiped-send@redis-a\n",
            outcome.Error);
        Assert.StartsWith("redis-b ", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_tells_a_Redis_of_this_host_that_does_not_listen_there()
    {
        int port = FreePort.Next();

        ProcessOutcome outcome = await RunAsync("--node", "a=localhost", "--self", "a", "--port", $"{port}", "--check");

        Assert.Equal(
            new ProcessOutcome(
                1, "",
                $"spiped-net: redis-a: 127.0.2.1:{port}: connection refused; does it run, and with the settings of redis-mesh? "
                + "see systemctl status redis-server\n"
                + $"spiped-net: redis-a: localhost:{port}: connection refused, and so for the other hosts; "
                + "see journalctl -u spiped-receive@redis-a\n"),
            outcome);
    }

    [Fact]
    public async Task Check_leads_along_a_tunnel_that_ends_nowhere()
    {
        TestAddress source = TestAddress.Tcp(IPAddress.Parse("127.0.2.1"), FreePort.Next());
        using TunnelEnd sender = TunnelEnd.Start(
            Maker.Ours, "-e", source, TestAddress.Unused(AddressKind.Tcp4, _directory).Text, _directory.NewKey());
        await sender.ListeningAsync();

        ProcessOutcome outcome = await RunAsync("--node", "a=192.0.2.10", "--port", $"{source.Port}", "--check");

        Assert.Equal(
            new ProcessOutcome(
                1, "",
                $"spiped-net: redis-a: 127.0.2.1:{source.Port}: the connection ended without an answer; see journalctl -u "
                + "spiped-send@redis-a here, and on a journalctl -u spiped-receive@redis-a and systemctl status redis-server\n"),
            outcome);
    }

    [Fact]
    public async Task Check_does_not_take_one_Redis_for_two_nodes()
    {
        using RedisServer redis = await RedisServer.StartAsync("--bind", "127.0.0.1 127.0.2.1 127.0.2.2");

        ProcessOutcome outcome = await RunAsync([.. Nodes, "--port", $"{redis.Address.Port}", "--check"]);

        Assert.Equal(1, outcome.Status);
        Assert.StartsWith("redis-a ", outcome.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            $"spiped-net: redis-b: 127.0.2.2:{redis.Address.Port}: what answers is the same as at 127.0.2.1 (run_id), "
            + "so one of the two is not a or b; ",
            outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_finds_what_listens_at_all_addresses()
    {
        using RedisServer redis = await RedisServer.StartAsync("--bind", "0.0.0.0");

        ProcessOutcome outcome = await RunAsync("--node", "a=192.0.2.10", "--port", $"{redis.Address.Port}", "--check");

        Assert.Equal(1, outcome.Status);
        Assert.StartsWith($"spiped-net: 127.0.2.255:{redis.Address.Port}: something answers, ", outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static string[] Lines(string script, params string[] beginnings) =>
        [.. script.Split('\n').Where(line => beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)))];

    private static async Task<string> PrintAsync(string[] arguments)
    {
        ProcessOutcome outcome = await RunAsync(arguments);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        return outcome.Output;
    }

    private static Task<ProcessOutcome> RunAsync(params string[] arguments) =>
        TestProcess.RunAsync(Programs.SpipedNet, ["redis-mesh", .. arguments]);
}
