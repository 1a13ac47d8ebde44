using System.Globalization;
using System.Net;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>
/// A host with a redis-server and a redis-sentinel on its own address of the mesh, 127.0.2.N, which nobody else reaches
/// but through tunnels.
/// </summary>
internal sealed class RedisHost(NetworkHost host, int number, TestDirectory directory, string password) : IDisposable
{
    public const int RedisPort = 6379;
    public const int SentinelPort = 26379;

    private TestProcess? _redis;
    private TestProcess? _sentinel;

    public NetworkHost Host { get; } = host;

    /// <summary>What Redis and Sentinel announce, and everybody dials.</summary>
    public string MeshAddress { get; } = MeshAddressOf(number).ToString();

    public static IPAddress MeshAddressOf(int number) => new([127, 0, 2, (byte)number]);

    /// <summary>The process of its redis-server.</summary>
    public int Redis => _redis!.Id;

    /// <summary>Writes both configurations; Sentinel and Redis change them from now on.</summary>
    public void Configure(string firstMaster)
    {
        string replicaOf = firstMaster == MeshAddress ? "" : $"replicaof {firstMaster} {RedisPort}";
        // A process title of its own would overwrite the environment, and ProcessMark's variable with it.
        File.WriteAllText(Settings("redis"), $"""
            bind {MeshAddress}
            port {RedisPort}
            replica-announce-ip {MeshAddress}
            requirepass {password}
            masterauth {password}
            min-replicas-to-write 1
            min-replicas-max-lag 2
            repl-diskless-sync-delay 0
            save ""
            dir {directory.Path}
            set-proc-title no
            {replicaOf}

            """);
        File.WriteAllText(Settings("sentinel"), $"""
            bind {MeshAddress}
            port {SentinelPort}
            sentinel announce-ip {MeshAddress}
            sentinel announce-port {SentinelPort}
            requirepass {password}
            sentinel sentinel-pass {password}
            sentinel monitor mymaster {firstMaster} {RedisPort} 2
            sentinel auth-pass mymaster {password}
            sentinel down-after-milliseconds mymaster 1000
            sentinel failover-timeout mymaster 3000
            logfile {directory.File($"sentinel-{MeshAddress}.log")}
            dir {directory.Path}
            set-proc-title no

            """);
    }

    public void StartRedis()
    {
        _redis?.Dispose();
        _redis = Host.Start("redis-server", Settings("redis"));
    }

    public async Task StartSentinelAsync()
    {
        _sentinel = Host.Start("redis-sentinel", Settings("sentinel"));
        await Host.ListensAsync(new IPEndPoint(MeshAddressOf(number), SentinelPort));
        // Sentinel demotes a master that has come back after 4 publish periods, and asks replicas for INFO once in an INFO
        // period: 8 s and 10 s, which a test of several failovers would wait for.
        await SentinelAsync("sentinel", "debug", "publish-period", "500", "info-period", "1000");
    }

    /// <summary>Runs a command on its Redis.</summary>
    public Task<string> RedisAsync(params string[] command) => CliAsync(RedisPort, command);

    /// <summary>Runs a command on its Sentinel.</summary>
    public Task<string> SentinelAsync(params string[] command) => CliAsync(SentinelPort, command);

    /// <summary>Whether its Sentinel knows two replicas and two Sentinels, all of them up.</summary>
    public async Task<bool> SeesAllAsync()
    {
        string master = await SentinelAsync("sentinel", "master", "mymaster");
        string replicas = await SentinelAsync("sentinel", "replicas", "mymaster");
        return Has(master, "flags\nmaster") && Has(master, "num-slaves\n2") && Has(master, "num-other-sentinels\n2")
            && replicas.Split("flags\nslave\n").Length == 3;
    }

    /// <summary>When its Sentinel told of a new master after a time; null when it has not.</summary>
    public DateTime? SwitchAfter(DateTime time) => SwitchesAfter(time).Select(change => (DateTime?)change.Time).FirstOrDefault();

    /// <summary>All times at which it told of a new master after a time, and of which in whose place.</summary>
    public IEnumerable<(DateTime Time, string Masters)> SwitchesAfter(DateTime time)
    {
        const string what = "+switch-master";
        const string format = "dd MMM yyyy HH:mm:ss.fff";
        return File.ReadLines(directory.File($"sentinel-{MeshAddress}.log"))
            .Where(line => line.Contains(what, StringComparison.Ordinal))
            .Select(line => (
                Time: DateTime.ParseExact(
                    line.AsSpan(line.IndexOf(' ', StringComparison.Ordinal) + 1, format.Length), format,
                    CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal),
                Masters: line[line.IndexOf(what, StringComparison.Ordinal)..]))
            .Where(change => change.Time > time);
    }

    public void Dispose()
    {
        _sentinel?.Dispose();
        _redis?.Dispose();
    }

    private static bool Has(string text, string part) => text.Contains($"{part}\n", StringComparison.Ordinal);

    private string Settings(string program) => directory.File($"{program}-{MeshAddress}.conf");

    private async Task<string> CliAsync(int port, string[] command)
    {
        ProcessOutcome outcome = await Host.RunAsync(
            "redis-cli", ["-h", MeshAddress, "-p", $"{port}", "-a", password, "--no-auth-warning", .. command]);
        return outcome.Output + outcome.Error;
    }
}
