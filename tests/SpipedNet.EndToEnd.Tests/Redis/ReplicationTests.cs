using System.Globalization;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>A real Redis and its replica, that reach each other through tunnels.</summary>
public sealed class ReplicationTests : IDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly List<IDisposable> _owned = [];

    /// <summary>Which end is frozen, and who makes the ends.</summary>
    public static TheoryData<string, Maker, Maker> Frozen => new()
    {
        { "-e", Maker.Ours, Maker.Ours },
        { "-d", Maker.Ours, Maker.Ours },
        { "-e", Maker.Ours, Maker.Stock },
        { "-d", Maker.Stock, Maker.Ours },
    };

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public async Task A_full_sync_that_was_held_up_completes_with_all_that_was_written_meanwhile(string diskless)
    {
        // The delay, in microseconds a key, leaves time to freeze the tunnel within the sync.
        RedisServer master = await StartRedisAsync(
            "--repl-diskless-sync", diskless, "--repl-diskless-sync-delay", "0", "--rdbcompression", "no", "--rdb-key-save-delay", "10000",
            "--client-output-buffer-limit", "replica", "32mb", "16mb", "60");
        await master.CliAsync("debug", "populate", "64", "item", $"{MiB}");
        RedisServer replica = await StartRedisAsync();
        TunnelPair tunnel = await TunnelAsync(Maker.Ours, Maker.Ours, master);

        await replica.CliAsync("replicaof", "127.0.0.1", $"{tunnel.Source.Port}");
        await Deadline.UntilAsync(
            async () => (await master.CliAsync("info", "replication")).Contains("state=wait_bgsave", StringComparison.Ordinal), "a sync has begun");
        tunnel.Client.Process.Signal(ProcessTable.Stop);
        await WriteAsync(master, 24);
        Assert.InRange(await OutputBufferAsync(master), 16 * MiB, 32 * MiB);
        tunnel.Client.Process.Signal(ProcessTable.Continue);

        await AssertInSyncAsync(master, replica);
        Assert.Equal((1, 0), await SyncsAsync(master));
    }

    [Theory]
    [MemberData(nameof(Frozen))]
    public async Task After_a_tunnel_was_frozen_until_Redis_gave_up_the_replica_gets_only_what_it_has_missed(
        string frozen, Maker client, Maker server)
    {
        RedisServer master = await StartRedisAsync(
            "--repl-ping-replica-period", "1", "--repl-diskless-sync-delay", "0", "--repl-backlog-size", "16mb");
        RedisServer replica = await StartRedisAsync("--repl-ping-replica-period", "1");
        TunnelPair tunnel = await TunnelAsync(client, server, master);
        await replica.CliAsync("replicaof", "127.0.0.1", $"{tunnel.Source.Port}");
        await AssertInSyncAsync(master, replica);

        TestProcess end = (frozen == "-e" ? tunnel.Client : tunnel.Server).Process;
        end.Signal(ProcessTable.Stop);
        await WriteAsync(master, 8);
        await SetTimeoutAsync("2", master, replica);
        await UntilAsync(master, "connected_slaves", "0");
        await UntilAsync(replica, "master_link_status", "down");
        // Enough for what a busy machine does next.
        await SetTimeoutAsync("60", master, replica);
        end.Signal(ProcessTable.Continue);

        await AssertInSyncAsync(master, replica);
        Assert.Equal((1, 1), await SyncsAsync(master));
    }

    [Fact]
    public async Task A_promoted_replica_feeds_its_old_master_through_the_tunnel_that_leads_back()
    {
        // A ping in the moment between the two commands would be a write that the second does not have.
        RedisServer first = await StartRedisAsync("--repl-ping-replica-period", "600", "--repl-diskless-sync-delay", "0");
        RedisServer second = await StartRedisAsync("--repl-backlog-size", "16mb");
        TunnelPair toFirst = await TunnelAsync(Maker.Ours, Maker.Ours, first);
        TunnelPair toSecond = await TunnelAsync(Maker.Ours, Maker.Ours, second);
        await second.CliAsync("replicaof", "127.0.0.1", $"{toFirst.Source.Port}");
        await WriteAsync(first, 8);
        await AssertInSyncAsync(first, second);

        await second.CliAsync("replicaof", "no", "one");
        await first.CliAsync("replicaof", "127.0.0.1", $"{toSecond.Source.Port}");
        await WriteAsync(second, 4);

        await AssertInSyncAsync(second, first);
        Assert.Equal((0, 1), await SyncsAsync(second));
    }

    public void Dispose()
    {
        _owned.Reverse();
        _owned.ForEach(item => item.Dispose());
    }

    private async Task<RedisServer> StartRedisAsync(params string[] options)
    {
        RedisServer server = await RedisServer.StartAsync(["--enable-debug-command", "yes", .. options]);
        _owned.Add(server);
        return server;
    }

    private async Task<TunnelPair> TunnelAsync(Maker client, Maker server, RedisServer target)
    {
        TunnelPair tunnel = await TunnelPair.StartAsync(client, server, target.Address);
        _owned.Add(tunnel);
        return tunnel;
    }

    private static async Task WriteAsync(RedisServer redis, int mebibytes) => Assert.Equal("", await redis.CliAsync(
        "eval", "for i = 1, ARGV[1] do redis.call('set', 'late:' .. i, string.rep(i % 10, 1048576)) end", "0", $"{mebibytes}"));

    private static async Task SetTimeoutAsync(string seconds, params RedisServer[] servers)
    {
        foreach (RedisServer server in servers)
            Assert.Equal("OK", await server.CliAsync("config", "set", "repl-timeout", seconds));
    }

    private static async Task AssertInSyncAsync(RedisServer master, RedisServer replica)
    {
        await UntilAsync(replica, "master_link_status", "up");
        string offset = await FieldAsync(master, "replication", "master_repl_offset");
        await Deadline.UntilAsync(
            async () => Number(await FieldAsync(replica, "replication", "master_repl_offset")) >= Number(offset), $"the replica is at {offset}");
        Assert.Equal(await master.CliAsync("debug", "digest"), await replica.CliAsync("debug", "digest"));
    }

    private static async Task<(long Full, long Partial)> SyncsAsync(RedisServer master) =>
        (Number(await FieldAsync(master, "stats", "sync_full")), Number(await FieldAsync(master, "stats", "sync_partial_ok")));

    // What the master holds for its replica and could not send yet.
    private static async Task<long> OutputBufferAsync(RedisServer master) => Number(
        (await master.CliAsync("client", "list", "type", "replica")).Split(' ').First(f => f.StartsWith("omem=", StringComparison.Ordinal))[5..]);

    private static Task UntilAsync(RedisServer redis, string field, string value) => Deadline.UntilAsync(
        async () => await FieldAsync(redis, "replication", field) == value, $"{field} of {redis.Address} is {value}");

    private static async Task<string> FieldAsync(RedisServer redis, string section, string name) =>
        (await redis.CliAsync("info", section)).Split('\n').First(l => l.StartsWith($"{name}:", StringComparison.Ordinal))[(name.Length + 1)..].Trim();

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
