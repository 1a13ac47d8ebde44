using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>Reloads while 200 connections compare each byte; the other ends are stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class ReloadUnderLoadTests : IDisposable
{
    private readonly StockEnds _ends = new();

    [Fact]
    public async Task A_hundred_reloads_under_load_lose_no_byte_no_connection_and_no_descriptor()
    {
        (string line, TestAddress source) = await _ends.LineAsync("a");
        (string other, _) = await _ends.LineAsync("b");
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, $"{line} -n 0");
        await EchoAsync(source, 1);
        int descriptors = ProcessTable.Descriptors(many.Process.Id);
        using var end = new CancellationTokenSource();
        List<Task<int>> clients = await LoadAsync(source, 200, end.Token);
        clients.Add(ReconnectAsync(source, end.Token));

        for (int i = 0; i < 100; i++)
        {
            // Changed, with another beside it; changed back; the same again.
            string[] lines = (i % 3) switch { 0 => [$"{line} -n 1000", other], 1 => [$"{line} -n 0"], _ => [$"{line} -n 0 # again"] };
            string news = await many.ReloadAsync(lines);
            Assert.True(news.Contains(" reloaded: ", StringComparison.Ordinal), news);
        }

        await end.CancelAsync();
        Assert.All(await Deadline.ForAsync(Task.WhenAll(clients), "the clients' last words"), count => Assert.True(count > 0));
        await many.ReloadAsync($"{line} -n 0");
        await Deadline.UntilAsync(() => ProcessTable.Descriptors(many.Process.Id) <= descriptors, "no descriptor is left");
    }

    [Fact]
    public async Task A_revocation_under_load_ends_the_revoked_and_costs_the_others_no_byte()
    {
        string clients = Directory.CreateDirectory(_ends.Directory.File("clients")).FullName;
        File.Copy(_ends.Key, Path.Combine(clients, "good.key"));
        string bad = _ends.Directory.NewKey();
        File.Copy(bad, Path.Combine(clients, "bad.key"));
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _ends.Directory);
        using ManyTunnels many = await ManyTunnels.StartAsync(_ends.Directory, $"a: -d -s {middle} -t {_ends.Target.Address} -k {clients} --revoke close -n 0");
        TestAddress good = await _ends.DialAsync(middle, _ends.Key), revoked = await _ends.DialAsync(middle, bad);
        using var end = new CancellationTokenSource();
        List<Task<int>> load = await LoadAsync(good, 100, end.Token);
        List<Duplex> others = await ConnectAsync(revoked, 100);

        File.Delete(Path.Combine(clients, "bad.key"));
        Assert.Contains("100 connections reset whose keys were removed", await many.ReloadAsync(), StringComparison.Ordinal);

        int[] left = await Deadline.ForAsync(Task.WhenAll(others.Select(connection => connection.CountUntilEndAsync())), "their ends");
        Assert.All(left, count => Assert.Equal(0, count));
        await end.CancelAsync();
        Assert.All(await Deadline.ForAsync(Task.WhenAll(load), "the clients' last words"), count => Assert.True(count > 0));
        others.ForEach(connection => connection.Dispose());
    }

    public void Dispose() => _ends.Dispose();

    // One after the other: stock spiped's backlog has 10 places, and a connection that finds none has 5 s.
    private static async Task<List<Duplex>> ConnectAsync(TestAddress source, int count)
    {
        var connections = new List<Duplex>();
        for (int i = 0; i < count; i++)
        {
            Duplex connection = Duplex.Of(await source.ConnectAsync());
            await connection.AssertEchoesAsync();
            connections.Add(connection);
        }

        return connections;
    }

    // So many connections, each checked by its bytes again and again until the end; they return how often.
    private static async Task<List<Task<int>>> LoadAsync(TestAddress source, int count, CancellationToken end) =>
        [.. (await ConnectAsync(source, count)).Select(connection => EchoUntilAsync(connection, end))];

    private static async Task<int> EchoUntilAsync(Duplex connection, CancellationToken end)
    {
        using (connection)
        {
            int count = 0;
            do
            {
                await connection.AssertEchoesAsync(5_000);
                count++;
            }
            while (!end.IsCancellationRequested);
            Task<ReceivedBytes> rest = connection.DigestAsync();
            connection.CloseOutput();
            Assert.Equal(0, (await rest).Count);
            return count;
        }
    }

    // Connections one after the other, each checked by its bytes, until the end; returns how many.
    private static async Task<int> ReconnectAsync(TestAddress source, CancellationToken end)
    {
        int count = 0;
        do
        {
            await EchoAsync(source, 5_000);
            count++;
        }
        while (!end.IsCancellationRequested);
        return count;
    }

    private static async Task EchoAsync(TestAddress source, int bytes)
    {
        using Socket socket = await source.ConnectAsync();
        using Duplex connection = Duplex.Of(socket);
        byte[] data = System.Security.Cryptography.RandomNumberGenerator.GetBytes(bytes);
        Task sent = connection.SendAllAsync(data);
        Assert.Equal(ReceivedBytes.Of(data), await Deadline.ForAsync(connection.DigestAsync(), "the echo"));
        await sent;
    }
}
