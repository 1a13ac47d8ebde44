using SpipedNet.EndToEnd.Tests.Harness;
using StackExchange.Redis;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>A client of the StackExchange.Redis library.</summary>
internal sealed class RedisLibraryClient : IDisposable
{
    private readonly ConnectionMultiplexer _connections;

    private RedisLibraryClient(ConnectionMultiplexer connections) => _connections = connections;

    public IDatabase Database => _connections.GetDatabase();

    public ISubscriber Subscriber => _connections.GetSubscriber();

    public static async Task<RedisLibraryClient> ConnectAsync(TestAddress address) =>
        new(await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{address.Port},connectTimeout=30000,syncTimeout=60000,asyncTimeout=60000"));

    public void Dispose()
    {
        // An orderly end would wait for answers on the library's own thread, which may be the one that runs this.
        _connections.Close(allowCommandsToComplete: false);
        _connections.Dispose();
    }
}
