using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>What the tests of --target-check share: the ends of a tunnel, one of which checks, and the servers behind them.</summary>
public abstract class CheckedTargetTests : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private protected CheckedTargetTests() => Key = Directory.NewKey();

    private protected TestDirectory Directory { get; } = new();

    private protected string Key { get; }

    /// <summary>Where clients connect, once it is started.</summary>
    private protected TestAddress Source { get; private set; } = null!;

    public void Dispose()
    {
        _owned.Reverse();
        _owned.ForEach(item => item.Dispose());
        Directory.Dispose();
        GC.SuppressFinalize(this);
    }

    // At a sender each target has a receiver of its own, at a receiver all have this one.
    private protected async Task<TunnelEnd> StartAsync(string role, Maker other, TestAddress[] targets, params string[] options)
    {
        Source = TestAddress.Unused(AddressKind.Tcp4, Directory);
        TestAddress[] wires = [.. targets.Select(_ => TestAddress.Unused(AddressKind.Tcp4, Directory))];
        TunnelEnd checking;
        if (role == "-e")
        {
            for (int i = 0; i < targets.Length; i++)
                await OwnAsync(TunnelEnd.Start(other, "-d", wires[i], targets[i].Text, Key));
            checking = await OwnAsync(TunnelEnd.Start(Maker.Ours, "-e", Source, wires[0].Text, Key, [.. More(wires), .. options]));
        }
        else
        {
            checking = await OwnAsync(TunnelEnd.Start(Maker.Ours, "-d", wires[0], targets[0].Text, Key, [.. More(targets), .. options]));
            await OwnAsync(TunnelEnd.Start(other, "-e", Source, wires[0].Text, Key));
        }

        return checking;
    }

    private static IEnumerable<string> More(TestAddress[] targets) => targets.Skip(1).SelectMany(target => new[] { "-t", target.Text });

    private async Task<TunnelEnd> OwnAsync(TunnelEnd end)
    {
        _owned.Add(end);
        await end.ListeningAsync();
        return end;
    }

    private protected async Task<RedisServer> StartRedisAsync(params string[] options)
    {
        RedisServer server = await RedisServer.StartAsync(options);
        _owned.Add(server);
        return server;
    }

    private protected (TestProcess Process, TestAddress Address) StartSentinel(RedisServer master, string settings = "")
    {
        TestAddress address = TestAddress.Unused(AddressKind.Tcp4, Directory);
        string file = Directory.File($"sentinel-{address.Port}.conf");
        File.WriteAllText(file, $"port {address.Port}\nset-proc-title no\nsentinel monitor cache 127.0.0.1 {master.Address.Port} 2\n{settings}\n");
        TestProcess process = TestProcess.Start("redis-sentinel", [file]);
        _owned.Add(process);
        return (process, address);
    }

    private protected async Task<(RedisServer Master, RedisServer Replica)> StartReplicationAsync()
    {
        RedisServer master = await StartRedisAsync();
        RedisServer replica = await StartRedisAsync("--replicaof", $"127.0.0.1 {master.Address.Port}");
        await Deadline.UntilAsync(
            async () => (await replica.CliAsync("info", "replication")).Contains("master_link_status:up", StringComparison.Ordinal),
            "the replica is in sync");
        return (master, replica);
    }

    // A connection that has been through to the target: an echo, or a Redis that answers whatever it is told.
    private protected static async Task<Duplex> ConnectedAsync(TestAddress source)
    {
        Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.Output.WriteAsync("PING\r\n"u8.ToArray());
        await connection.ReceiveAsync(6);
        return connection;
    }

    private protected static async Task<string> SetAsync(TestAddress source, string key, string value) =>
        (await RedisServer.CliAsync(source, "set", key, value)).Output.Trim();
}
