using System.Net;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>
/// Three <see cref="RedisHost"/>s, a master and two replicas, whose every edge is a tunnel of the mesh; and a host of
/// clients, with a local end for each of the three and one, at 127.0.0.1:6379, that follows the master.
/// </summary>
internal sealed class RedisGroup : IAsyncDisposable
{
    private const string Password = "secret";
    private const int Size = 3;

    private static readonly int[] Ports = [RedisHost.RedisPort, RedisHost.SentinelPort];

    private readonly TestDirectory _directory = new();
    private readonly List<TestProcess> _tunnels = [];
    private readonly List<RedisHost> _hosts = [];
    private readonly List<IWriter> _writers = [];
    private readonly HostNetwork _network;
    private readonly string _key;
    private NetworkHost? _clients;

    private RedisGroup(HostNetwork network)
    {
        _network = network;
        _key = _directory.NewKey();
    }

    public IReadOnlyList<RedisHost> Hosts => _hosts;

    /// <summary>What each client has written.</summary>
    public IEnumerable<WriteLog> Logs => _writers.Select(writer => writer.Log);

    /// <summary>What each client that knows of nothing but its local end has written.</summary>
    public IEnumerable<WriteLog> LocalLogs => Logs.Where(log => log.Writer.EndsWith("local", StringComparison.Ordinal));

    public static async Task<RedisGroup> StartAsync()
    {
        var group = new RedisGroup(await HostNetwork.StartAsync());
        try
        {
            await group.StartTunnelsAsync();
            await group.StartRedisAsync();
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the clients: both kinds, each with the Sentinels and with the local end.</summary>
    public async Task StartWritersAsync()
    {
        string[] sentinels = [.. Hosts.Select(host => host.MeshAddress)];
        string endPoints = string.Join(',', sentinels.Select(sentinel => $"{sentinel}:{RedisHost.SentinelPort}"));
        const string settings = $"password={Password},abortConnect=false,connectTimeout=1000,syncTimeout=1000";
        _writers.Add(new CommandWriter(_clients!, "redis-cli-sentinel", Password, sentinels));
        _writers.Add(new CommandWriter(_clients!, "redis-cli-local", Password));
        _writers.Add(await LibraryWriter.StartAsync(_clients!, "library-sentinel", $"{endPoints},serviceName=mymaster,{settings}"));
        _writers.Add(await LibraryWriter.StartAsync(_clients!, "library-local", $"127.0.0.1:{RedisHost.RedisPort},{settings}"));
    }

    /// <summary>Ends the clients.</summary>
    public async Task StopWritersAsync()
    {
        foreach (IWriter writer in _writers)
            await writer.DisposeAsync();
        _writers.Clear();
    }

    /// <summary>The host whose Redis is the master, as all Sentinels say; null while one has yet to hear of it.</summary>
    public async Task<RedisHost?> FindMasterAsync()
    {
        string[] answers = await Task.WhenAll(
            Hosts.Select(host => host.SentinelAsync("sentinel", "get-master-addr-by-name", "mymaster")));
        return Hosts.SingleOrDefault(
            host => answers.All(answer => answer.StartsWith($"{host.MeshAddress}\n", StringComparison.Ordinal)));
    }

    public Task CutAsync(RedisHost host) => _network.CutAsync(host.Host);

    public Task MendAsync(RedisHost host) => _network.MendAsync(host.Host);

    /// <summary>Waits until two replicas are in sync with the master and every Sentinel sees all; returns the master.</summary>
    public async Task<RedisHost> CompleteAsync()
    {
        RedisHost? master = null;
        await Deadline.UntilAsync(
            async () => (master = await FindMasterAsync()) is not null
                && (await master.RedisAsync("info", "replication")).Split("state=online").Length == Size,
            "all Sentinels name a master with two replicas");
        foreach (RedisHost host in Hosts)
            await Deadline.UntilAsync(host.SeesAllAsync, $"the Sentinel of {host.MeshAddress} sees all");
        return master!;
    }

    /// <summary>What the tunnel that follows the master has told of it.</summary>
    public IEnumerable<string> FollowerLog => _tunnels[^1].Error.Split('\n').Where(
        line => !line.Contains("connection from", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await StopWritersAsync();
        _hosts.ForEach(host => host.Dispose());
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        _network.Dispose();
        _directory.Dispose();
    }

    private static IPAddress OutsideAddressOf(int number) => new([192, 0, 2, (byte)number]);

    private async Task StartTunnelsAsync()
    {
        for (int number = 1; number <= Size; number++)
            _hosts.Add(new RedisHost(await _network.AddAsync(OutsideAddressOf(number)), number, _directory, Password));
        _clients = await _network.AddAsync(OutsideAddressOf(Size + 1));
        NetworkHost[] all = [.. _hosts.Select(host => host.Host), _clients];
        List<Task> listening = [];
        foreach (NetworkHost host in all)
            listening.AddRange(Enumerable.Range(1, Size).SelectMany(_ => Ports, (number, port) => StartEdge(host, number, port)));
        string password = _directory.File("password");
        await File.WriteAllTextAsync(password, Password);
        string[] targets = [.. Enumerable.Range(1, Size).SelectMany(
            number => new[] { "-t", $"[{OutsideAddressOf(number)}]:{RedisHost.RedisPort}" })];
        listening.Add(StartTunnel(
            _clients, "-e", new IPEndPoint(IPAddress.Loopback, RedisHost.RedisPort),
            [.. targets, "--target-check", "redis-master", "--redis-password-file", password]));
        await Task.WhenAll(listening);
    }

    // What leads to a node's address of the mesh: its receiver on the node itself, a sender elsewhere.
    private Task StartEdge(NetworkHost host, int number, int port)
    {
        var inside = new IPEndPoint(RedisHost.MeshAddressOf(number), port);
        var outside = new IPEndPoint(OutsideAddressOf(number), port);
        return host.Address.Equals(outside.Address)
            ? StartTunnel(host, "-d", outside, "-t", $"[{inside.Address}]:{port}")
            : StartTunnel(host, "-e", inside, "-t", $"[{outside.Address}]:{port}");
    }

    private Task StartTunnel(NetworkHost host, string role, IPEndPoint source, params string[] options)
    {
        _tunnels.Add(host.Start(
            Programs.SpipedNet, ["-F", role, "-s", $"[{source.Address}]:{source.Port}", "-k", _key, .. options]));
        return host.ListensAsync(source);
    }

    private async Task StartRedisAsync()
    {
        foreach (RedisHost host in Hosts)
        {
            host.Configure(Hosts[0].MeshAddress);
            host.StartRedis();
        }
        foreach (RedisHost host in Hosts)
        {
            // A Sentinel finds the replicas by the master's first INFO.
            await Deadline.UntilAsync(
                async () => (await host.RedisAsync("role")).Split('\n') is ["master", ..] or ["slave", _, _, "connected", ..],
                $"the Redis of {host.MeshAddress} is in sync");
        }
        foreach (RedisHost host in Hosts)
            await host.StartSentinelAsync();
        await CompleteAsync();
    }
}
