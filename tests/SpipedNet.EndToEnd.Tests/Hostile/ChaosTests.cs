using System.Globalization;
using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>
/// Clients of all kinds over a bad wire, while the ends and the target are killed, the ends frozen, and all started again: what arrives is always a
/// beginning of what was sent, and an orderly end comes only after all of it. tests/chaos.sh runs it for longer.
/// </summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private const int Clients = 16;
    private const int SIGSTOP = 19, SIGCONT = 18;

    private readonly TestDirectory _directory = new();
    private readonly int _seed = Environment.TickCount;
    private readonly CancellationTokenSource _time = new();
    private long _complete;
    private long _cut;
    private long _bytes;
    private int _restarts;
    private int _targetRestarts;

    private static double Seconds =>
        double.Parse(Environment.GetEnvironmentVariable("SPIPED_NET_CHAOS_SECONDS") ?? "20", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _directory.Dispose();
        _time.Dispose();
    }

    [Fact]
    public async Task Nothing_arrives_that_was_not_sent_and_nothing_that_was_cut_looks_complete()
    {
        TestAddress target = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory), source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using var proxy = new FaultProxy(middle, _directory, _seed);
        string key = _directory.NewKey();
        _time.CancelAfter(TimeSpan.FromSeconds(Seconds));

        Task served = KeepAsync(target, _seed + 3);
        Task receiver = KeepAsync(() => TunnelEnd.Start(Maker.Ours, "-d", middle, target.Text, key), _seed + 1);
        Task sender = KeepAsync(() => TunnelEnd.Start(Maker.Ours, "-e", source, proxy.Address.Text, key), _seed + 2);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => UseAsync(source, new Random(_seed + 10 + i)))));
        await Task.WhenAll(receiver, sender, served);

        output.WriteLine($"seed {_seed}: {_complete} complete, {_cut} cut, {_bytes} bytes compared, {_restarts} kills of ends, "
            + $"{_targetRestarts} of the target, {proxy.Faults} faults of the wire");
        Assert.True(_complete > 0 && _restarts > 0 && _targetRestarts > 0, $"seed {_seed}: {_complete} complete, {_restarts} kills");
    }

    // An end that is killed, frozen and left alone in turn, and started again.
    private async Task KeepAsync(Func<TunnelEnd> start, int seed)
    {
        var random = new Random(seed);
        while (!_time.IsCancellationRequested)
        {
            using TunnelEnd end = start();
            await end.ListeningAsync();
            while (!_time.IsCancellationRequested && random.Next(4) > 0)
            {
                await PauseAsync(random.Next(700));
                ProcessTable.Signal(end.Process.Id, SIGSTOP);
                await PauseAsync(random.Next(200));
                ProcessTable.Signal(end.Process.Id, SIGCONT);
            }

            ProcessTable.Signal(end.Process.Id, ProcessTable.Kill);
            _restarts++;
        }
    }

    private async Task KeepAsync(TestAddress address, int seed)
    {
        var random = new Random(seed);
        while (!_time.IsCancellationRequested)
        {
            using var target = new EchoTarget(new Target(address));
            await PauseAsync(500 + random.Next(2000));
            target.Kill();
            _targetRestarts++;
            await PauseAsync(random.Next(100));
        }
    }

    private async Task UseAsync(TestAddress source, Random random)
    {
        while (!_time.IsCancellationRequested)
        {
            byte[] data = new byte[random.Next(random.Next(2) == 0 ? 2_000 : 300_000) + 1];
            random.NextBytes(data);
            try
            {
                using Socket client = source.NewSocket();
                await client.ConnectAsync(source.EndPoint);
                await ExchangeAsync(client, data, random);
                Interlocked.Increment(ref _complete);
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _cut);
                await PauseAsync(10);
            }
        }
    }

    // Some clients leave in the middle; the others end only when the other side does.
    private async Task ExchangeAsync(Socket client, byte[] data, Random random)
    {
        Task sending = SendAsync(client, data);
        int leaveAt = random.Next(5) == 0 ? random.Next(data.Length) : int.MaxValue;
        byte[] buffer = new byte[random.Next(30_000) + 1];
        int received = 0, count;
        while ((count = await client.ReceiveAsync(buffer, new CancellationTokenSource(Deadline.Usual).Token)) > 0)
        {
            bool isSame = received + count <= data.Length && buffer.AsSpan(0, count).SequenceEqual(data.AsSpan(received, count));
            Assert.True(isSame, $"seed {_seed}: bytes {received} to {received + count} of {data.Length} are not those that were sent");
            received += count;
            Interlocked.Add(ref _bytes, count);
            if (received > leaveAt)
            {
                client.Close(0);
                return;
            }
        }

        if (received < data.Length && TcpState.IsReset(client))
            throw new SocketException((int)SocketError.ConnectionReset);
        Assert.True(received == data.Length, $"seed {_seed}: an orderly end after {received} of {data.Length} bytes");
        await sending;
    }

    private static async Task SendAsync(Socket client, byte[] data)
    {
        try
        {
            for (int sent = 0; sent < data.Length;)
                sent += await client.SendAsync(data.AsMemory(sent));
            client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The receiving side tells how it has ended.
        }
    }

    private async Task PauseAsync(int milliseconds)
    {
        try
        {
            await Task.Delay(milliseconds, _time.Token);
        }
        catch (OperationCanceledException)
        {
            // the test's time is over
        }
    }
}
