using System.Net;
using System.Net.Sockets;
using System.Text;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;
using StackExchange.Redis;

namespace SpipedNet.EndToEnd.Tests.Client;

/// <summary>The samples of docs/dotnet-client.md, which are compared with it, and run by the tests.</summary>
internal static class Samples
{
    public static async Task<string> PingAsync(string server, string keyFile)
    {
        if (!KeyFile.TryRead(keyFile, out KeyFile? key, out string? error))
            throw new IOException(error);
        using SharedSecret secret = key.Secret;

        await using SpipedStream stream = await SpipedClient.ConnectAsync(TunnelAddress.Parse(server), secret);
        await stream.WriteAsync("PING\r\n"u8.ToArray());
        byte[] answer = new byte["+PONG\r\n".Length];
        await stream.ReadExactlyAsync(answer);

        return Encoding.ASCII.GetString(answer);
    }

    public static async Task<byte[]> AskAsync(SpipedStream stream, byte[] request, Stream answer)
    {
        await stream.WriteAsync(request);
        stream.CompleteWrites();
        await stream.CopyToAsync(answer); // throws unless the answer has come whole
        await stream.DisposeAsync();      // in good order, since both directions have ended

        return request;
    }

    public static HttpClient NewHttpClient(TunnelAddress server, SharedSecret secret)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
                await SpipedClient.ConnectAsync(server, secret, cancellationToken: cancellationToken),
        };
        return new HttpClient(handler);
    }

    public static async Task<ConnectionMultiplexer> ConnectRedisAsync(string server, SharedSecret secret)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(server);
        options.Tunnel = new SpipedRedisTunnel(secret);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}

internal sealed class SpipedRedisTunnel(SharedSecret secret) : StackExchange.Redis.Configuration.Tunnel
{
    // No socket of the library's own: the stream below is the connection.
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(
        EndPoint endpoint, CancellationToken cancellationToken) => default;

    public override async ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) =>
        await SpipedClient.ConnectAsync(TunnelAddress.Of(endpoint), secret, cancellationToken: cancellationToken);
}
