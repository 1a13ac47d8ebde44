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
    /// <summary>The most bytes that an exchange sends each way.</summary>
    public const int MaxSize = 10 * 1024 * 1024;

    private static readonly byte[] UpStream = RandomBytes(seed: 1);
    private static readonly byte[] DownStream = RandomBytes(seed: 2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>One side sends all and half-closes; only after the other has all of it does that one answer.</summary>
    public static Task RunAsync(InteropClient client, Func<Task<Duplex>> accept, int size, ClosingOrder order)
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
