using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Interop;

/// <summary>Which side of a connection sends and closes first.</summary>
public enum ClosingOrder
{
    ClientFirst,
    ServerFirst,
}

/// <summary>The use of one connection: each side sends its bytes and closes, and the other reads to the end.</summary>
internal static class Exchange
{
    private const int MaxSize = 10 * 1024 * 1024;

    // 1024 bytes fill one packet.
    private static readonly int[] Sizes = [0, 1, 1023, 1024, 1025, MaxSize];

    private static readonly byte[] UpStream = RandomBytes(seed: 1);
    private static readonly byte[] DownStream = RandomBytes(seed: 2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Starts the tunnel of a cell and uses a connection for each size and each order.</summary>
    public static async Task RunAllAsync(ClientProgram client, Maker server, AddressKind kind, (string, string) flags)
    {
        using InteropTunnel tunnel = await InteropTunnel.StartAsync(client, server, kind, flags);
        foreach (int size in Sizes)
        {
            foreach (ClosingOrder order in Enum.GetValues<ClosingOrder>())
                await RunConnectionAsync(tunnel, size, order);
        }
    }

    private static async Task RunConnectionAsync(InteropTunnel tunnel, int size, ClosingOrder order)
    {
        try
        {
            using InteropClient client = await tunnel.ConnectAsync();
            await RunAsync(
                client, () => Deadline.ForAsync(tunnel.Target.AcceptAsync(), "a connection"), size, order);
            await client.AssertStatusAsync(0);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{size} bytes, {order}: {e.Message}; {tunnel.Errors}", e);
        }
    }

    /// <summary>One side sends all and half-closes; only after the other has all of it does that one answer.</summary>
    private static Task RunAsync(InteropClient client, Func<Task<Duplex>> accept, int size, ClosingOrder order)
    {
        ReadOnlyMemory<byte> up = UpStream.AsMemory(0, size), down = DownStream.AsMemory(0, size);
        return order == ClosingOrder.ClientFirst
            ? RunClientFirstAsync(client.Connection, accept, up, down)
            : RunServerFirstAsync(client, accept, up, down);
    }

    private static async Task RunClientFirstAsync(
        Duplex client, Func<Task<Duplex>> accept, ReadOnlyMemory<byte> up, ReadOnlyMemory<byte> down)
    {
        Task sending = client.SendAllAsync(up); // a pipe takes no more before spipe has connected: accept meanwhile
        using Duplex server = await accept();
        await CrossAsync(sending, server.DigestAsync(), up);
        await CrossAsync(server.SendAllAsync(down), client.DigestAsync(), down);
    }

    private static async Task RunServerFirstAsync(
        InteropClient client, Func<Task<Duplex>> accept, ReadOnlyMemory<byte> up, ReadOnlyMemory<byte> down)
    {
        using Duplex server = await accept();
        // spipe closes its standard output only when it exits, so there the end shows only after the answer.
        long limit = client.IsSpipe ? down.Length : long.MaxValue;
        await CrossAsync(server.SendAllAsync(down), client.Connection.DigestAsync(limit), down);
        await CrossAsync(client.Connection.SendAllAsync(up), server.DigestAsync(), up);
        await CrossAsync(Task.CompletedTask, client.Connection.DigestAsync(), ReadOnlyMemory<byte>.Empty);
    }

    private static async Task CrossAsync(Task sending, Task<ReceivedBytes> receiving, ReadOnlyMemory<byte> data)
    {
        await Deadline.ForAsync(Task.WhenAll(sending, receiving), $"{data.Length} bytes and their end", Limit);
        Assert.Equal(ReceivedBytes.Of(data.Span), await receiving);
    }

    private static byte[] RandomBytes(int seed)
    {
        var bytes = new byte[MaxSize];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
