using System.Net;
using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;
using StackExchange.Redis;

namespace SpipedNet.EndToEnd.Tests.Client;

/// <summary>Libraries that take a stream or a callback for connecting, given the client within this process.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task HttpClient_posts_and_gets_through_the_receiver(Maker maker)
    {
        using var server = new EchoHttpServer();
        using Receiver receiver = await Receiver.StartAsync(maker, server.Address);
        using HttpClient client = Samples.NewHttpClient(receiver.Address, receiver.Secret);
        byte[][] bodies = [.. Enumerable.Range(0, 20).Select(i => RandomNumberGenerator.GetBytes(i * 100_000))];

        byte[][] answers = await Deadline.ForAsync(
            Task.WhenAll(bodies.Select(body => PostAsync(client, server.Url, body))), "the answers");

        Assert.Equal(bodies.Select(SHA256.HashData), answers.Select(SHA256.HashData));
    }

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task StackExchange_Redis_commands_and_subscribes_through_the_receiver(Maker maker)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using Receiver receiver = await Receiver.StartAsync(maker, redis.Address);
        await using ConnectionMultiplexer connections = await Deadline.ForAsync(
            Samples.ConnectRedisAsync($"127.0.0.1:{receiver.Source.Port}", receiver.Secret), "a connection");
        RedisChannel news = RedisChannel.Literal("news");
        ChannelMessageQueue received = await connections.GetSubscriber().SubscribeAsync(news);

        await connections.GetDatabase().StringSetAsync("to", "Grüße");
        await connections.GetSubscriber().PublishAsync(news, "þakka");

        Assert.Equal("Grüße", (string?)await connections.GetDatabase().StringGetAsync("to"));
        ChannelMessage message = await Deadline.ForAsync(received.ReadAsync().AsTask(), "the message");
        Assert.Equal("þakka", (string?)message.Message);
    }

    private static async Task<byte[]> PostAsync(HttpClient client, Uri url, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using HttpResponseMessage answer = await client.PostAsync(url, content);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    /// <summary>A web server that answers each request with its body.</summary>
    private sealed class EchoHttpServer : IDisposable
    {
        private readonly HttpListener _listener = new();

        public EchoHttpServer()
        {
            Address = TestAddress.Tcp(IPAddress.Loopback, FreePort.Next());
            Url = new Uri($"http://127.0.0.1:{Address.Port}/");
            _listener.Prefixes.Add(Url.AbsoluteUri);
            _listener.Start();
            _ = RunAsync();
        }

        public TestAddress Address { get; }

        public Uri Url { get; }

        public void Dispose() => _listener.Close();

        private async Task RunAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = AnswerAsync(context);
            }
        }

        private static async Task AnswerAsync(HttpListenerContext context)
        {
            context.Response.ContentLength64 = context.Request.ContentLength64;
            await context.Request.InputStream.CopyToAsync(context.Response.OutputStream);
            context.Response.Close();
        }
    }
}
