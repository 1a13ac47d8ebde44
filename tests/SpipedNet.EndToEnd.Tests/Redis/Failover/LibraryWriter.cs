using System.Net;
using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;
using StackExchange.Redis;

namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>A client of the StackExchange.Redis library.</summary>
internal sealed class LibraryWriter : IWriter
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly ConnectionMultiplexer _connections;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;

    // Told of the Sentinels, the library blocks threads of the pool while it asks them, and others would wait for these.
    static LibraryWriter() => ThreadPool.SetMinThreads(50, 50);

    private LibraryWriter(string name, ConnectionMultiplexer connections)
    {
        Log = new WriteLog(name);
        _connections = connections;
        _writing = WriteAllAsync();
    }

    public WriteLog Log { get; }

    /// <summary>Connects and begins to write.</summary>
    /// <param name="host">Where its connections begin.</param>
    /// <param name="name">What its keys begin with.</param>
    /// <param name="configuration">What the library is told; all else is as it is by itself.</param>
    public static async Task<LibraryWriter> StartAsync(NetworkHost host, string name, string configuration)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(configuration);
        // A write is not repeated by the library on another connection than that of its WAIT.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.Tunnel = new WithinHost(host);
        ConnectionMultiplexer? connections = null;
        await Deadline.UntilAsync(
            async () => (connections = await TryConnectAsync(options)) is not null, $"{name} is connected");
        return new LibraryWriter(name, connections!);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        // An orderly end would wait for answers on the library's own thread, which may be the one that runs this.
        _connections.Close(allowCommandsToComplete: false);
        await _connections.DisposeAsync();
        _end.Dispose();
    }

    private static async Task<ConnectionMultiplexer?> TryConnectAsync(ConfigurationOptions options)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(options);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null; // the machine is loaded
        }
    }

    private async Task WriteAllAsync()
    {
        using var timer = new PeriodicTimer(Pace);
        for (int number = 1; !_end.IsCancellationRequested; number++)
        {
            await WriteAsync($"{Log.Writer}:{number}", number);
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task WriteAsync(string key, int number)
    {
        DateTime begin = DateTime.UtcNow;
        // What is in a batch goes out in one piece.
        IBatch batch = _connections.GetDatabase().CreateBatch();
        Task<bool> set = batch.StringSetAsync(key, number);
        Task<RedisResult> wait = batch.ExecuteAsync("WAIT", 1, 500);
        bool isSet = false, hasReplica = false;
        try
        {
            batch.Execute();
            isSet = await set;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // Tried again with the next key.
        }

        try
        {
            hasReplica = (int)await wait >= 1;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // Not acknowledged.
        }
        Log.Add(new Write(key, begin, DateTime.UtcNow, isSet, isSet && hasReplica));
    }

    private sealed class WithinHost(NetworkHost host) : StackExchange.Redis.Configuration.Tunnel
    {
        // No socket of the library's own: it would be in the network of the tests.
        public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(
            EndPoint endpoint, CancellationToken cancellationToken) => default;

        public override async ValueTask<Stream?> BeforeAuthenticateAsync(
            EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
        {
            Socket within = await host.NewSocketAsync();
            try
            {
                await within.ConnectAsync(endpoint, cancellationToken);
                return new NetworkStream(within, ownsSocket: true);
            }
            catch
            {
                within.Dispose();
                throw;
            }
        }
    }
}
