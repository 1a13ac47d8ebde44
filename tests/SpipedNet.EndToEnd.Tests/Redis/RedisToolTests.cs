using System.Globalization;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>Redis's own tools through a tunnel to a real server.</summary>
public sealed class RedisToolTests
{
    private static readonly string[][] PasswordCommands =
        [["PING"], ["GET", "x"], ["AUTH", "wrong"], ["-a", "secret", "--no-auth-warning", "PING"]];

    private static readonly string[][] RenamedCommands = [["FLUSHALL"], ["CONFIG", "GET", "port"], ["HIDDEN", "GET", "dir"]];

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task Redis_benchmark_completes_without_an_error(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);

        ProcessOutcome benchmark = await TestProcess.RunAsync(
            "redis-benchmark",
            ["-h", "127.0.0.1", "-p", $"{tunnel.Source.Port}", "-t", "set,get", "-n", "5000", "-c", "50", "--csv"]);

        Assert.Equal((0, ""), (benchmark.Status, benchmark.Error));
        Assert.Contains("\"SET\"", benchmark.Output, StringComparison.Ordinal);
        Assert.Contains("\"GET\"", benchmark.Output, StringComparison.Ordinal);
        Assert.Contains("cmdstat_get:calls=5000,", await StatisticsAsync(redis), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task A_password_is_asked_for_as_without_the_tunnel(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync("--requirepass", "secret");
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);

        await AssertSameAsWithoutTunnelAsync(redis, tunnel, PasswordCommands);

        ProcessOutcome ping = await RedisServer.CliAsync(tunnel.Source, "PING");
        Assert.StartsWith("NOAUTH", ping.Output, StringComparison.Ordinal);
    }

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task Renamed_commands_answer_as_without_the_tunnel(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync(
            "--rename-command", "FLUSHALL", "", "--rename-command", "CONFIG", "HIDDEN");
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);

        await AssertSameAsWithoutTunnelAsync(redis, tunnel, RenamedCommands);

        ProcessOutcome flush = await RedisServer.CliAsync(tunnel.Source, "FLUSHALL");
        Assert.StartsWith("ERR unknown command", flush.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task Twenty_client_processes_wait_at_once_through_one_server_end(Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, server, redis.Address);
        using var directory = new TestDirectory();
        TestAddress otherSource = TestAddress.Unused(AddressKind.Tcp4, directory);
        using TunnelEnd otherClient = TunnelEnd.Start(
            Maker.Stock, "-e", otherSource, tunnel.Middle.Text, tunnel.Key);
        await otherClient.ListeningAsync();

        Task<ProcessOutcome>[] clients = [.. Enumerable.Range(0, 20).Select(i =>
            RedisServer.CliAsync(i % 2 == 0 ? tunnel.Source : otherSource, "BLPOP", "queue", "60"))];
        await Deadline.UntilAsync(
            async () => await BlockedClientsAsync(redis) == 20, "20 clients wait at the server");
        await RedisServer.CliAsync(redis.Address, ["RPUSH", "queue", .. Enumerable.Range(0, 20).Select(i => $"{i}")]);
        ProcessOutcome[] outcomes = await Task.WhenAll(clients);

        IEnumerable<int> items = outcomes.Select(o => int.Parse(o.Output.Split('\n')[1], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, 20), items.Order());
    }

    [Fact]
    public async Task Redis_cli_fails_at_once_when_no_server_is_behind_the_tunnel()
    {
        using var directory = new TestDirectory();
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, directory);
        // A client held to the timeout would be held for longer than this test waits.
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, nobody, "-o", "600");

        ProcessOutcome ping = await RedisServer.CliAsync(tunnel.Source, "PING");

        Assert.Equal(1, ping.Status);
        Assert.StartsWith("Error: ", ping.Error, StringComparison.Ordinal);
    }

    private static async Task<int> BlockedClientsAsync(RedisServer redis)
    {
        const string name = "blocked_clients:";
        ProcessOutcome info = await RedisServer.CliAsync(redis.Address, "INFO", "clients");
        string line = info.Output.Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }

    private static async Task<string> StatisticsAsync(RedisServer redis) =>
        (await RedisServer.CliAsync(redis.Address, "INFO", "commandstats")).Output;

    private static async Task AssertSameAsWithoutTunnelAsync(
        RedisServer redis, TunnelPair tunnel, IEnumerable<string[]> commands)
    {
        foreach (string[] command in commands)
        {
            ProcessOutcome direct = await RedisServer.CliAsync(redis.Address, command);
            Assert.Equal(direct, await RedisServer.CliAsync(tunnel.Source, command));
        }
    }
}
