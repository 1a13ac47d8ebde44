using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;
using StackExchange.Redis;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>A Redis client library, on both its connections, through a tunnel to a real server.</summary>
public sealed class RedisLibraryTests
{
    private static readonly RedisChannel News = RedisChannel.Literal("news");

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task A_string_set_through_the_tunnel_is_read_beside_it_and_the_other_way_round(
        Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);
        using RedisLibraryClient through = await RedisLibraryClient.ConnectAsync(tunnel.Source);
        using RedisLibraryClient beside = await RedisLibraryClient.ConnectAsync(redis.Address);

        await through.Database.StringSetAsync("to", "Grüße");
        await beside.Database.StringSetAsync("fro", "þakka");

        Assert.Equal("Grüße", (string?)await beside.Database.StringGetAsync("to"));
        Assert.Equal("þakka", (string?)await through.Database.StringGetAsync("fro"));
    }

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task Ten_thousand_pipelined_commands_are_answered_in_order(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);
        using RedisLibraryClient through = await RedisLibraryClient.ConnectAsync(tunnel.Source);

        long[] answers = await Task.WhenAll(
            Enumerable.Range(1, 10_000).Select(_ => through.Database.StringIncrementAsync("counter")));

        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => (long)i), answers);
    }

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task Published_messages_reach_a_subscriber_in_order(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);
        using RedisLibraryClient subscriber = await RedisLibraryClient.ConnectAsync(tunnel.Source);
        using RedisLibraryClient publisher = await RedisLibraryClient.ConnectAsync(tunnel.Source);
        ChannelMessageQueue received = await subscriber.Subscriber.SubscribeAsync(News);

        for (int i = 0; i < 200; i++)
            Assert.Equal(1, await publisher.Subscriber.PublishAsync(News, i));

        for (int i = 0; i < 200; i++)
            Assert.Equal(i, (int)(await Deadline.ForAsync(received.ReadAsync().AsTask(), $"message {i}")).Message);
    }

    [Theory]
    [ClassData(typeof(TunnelMakers))]
    public async Task A_value_of_64_MiB_crosses_both_ways(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);
        using RedisLibraryClient through = await RedisLibraryClient.ConnectAsync(tunnel.Source);
        byte[] value = RandomNumberGenerator.GetBytes(64 * 1024 * 1024);

        await through.Database.StringSetAsync("large", value);
        byte[] answer = (await through.Database.StringGetAsync("large"))!;

        Assert.Equal(SHA256.HashData(value), SHA256.HashData(answer));
    }
}
