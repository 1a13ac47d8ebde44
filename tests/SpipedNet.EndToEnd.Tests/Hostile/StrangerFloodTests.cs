using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>Many who have no key, beside some who have: spiped's places (-n) are gone until each has timed out.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class StrangerFloodTests(ITestOutputHelper output)
{
    private const int Silent = 5000, Garbage = 500, Clients = 50, Rounds = 10;
    private const int HandshakeBytes = 32 + 288;

    [Fact]
    public async Task Fifty_clients_work_on_beside_5000_silent_peers_and_500_that_send_garbage()
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        // Nobody is silent for too long in this test.
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", $"{Clients}", "-o", "60");
        await WorkAsync(tunnel.Source);
        TimeSpan alone = await WorkAsync(tunnel.Source);

        using var flood = new Flood((IPEndPoint)tunnel.Middle.EndPoint);
        await Deadline.ForAsync(flood.BeSilentAsync(Silent), "the silent peers");
        Task garbage = flood.SendGarbageAsync(Garbage);
        TimeSpan beside = await Deadline.ForAsync(WorkAsync(tunnel.Source), "the work beside them");
        await garbage;

        output.WriteLine($"a connection and an echo, median: {alone.TotalMilliseconds:0.00} ms alone, {beside.TotalMilliseconds:0.00} ms beside them");
        Assert.Equal(Clients * Rounds * 3, target.Accepted);
    }

    // Each connects, echoes and ends, some times in a row; the median time of one.
    private static async Task<TimeSpan> WorkAsync(TestAddress source)
    {
        TimeSpan[][] times = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            var own = new TimeSpan[Rounds];
            for (int i = 0; i < Rounds; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                using Duplex connection = Duplex.Of(await source.ConnectAsync());
                await connection.AssertEchoesAsync();
                own[i] = Stopwatch.GetElapsedTime(begin);
                connection.CloseOutput();
                Assert.Equal(0, await connection.CountUntilEndAsync());
            }

            return own;
        })));
        return times.SelectMany(own => own).Order().ElementAt(Clients * Rounds / 2);
    }

    private sealed class Flood(IPEndPoint wire) : IDisposable
    {
        // From ten addresses, so that no limit for one of them is in the way.
        private const int Addresses = 10;

        private readonly List<Socket> _sockets = [];

        public async Task BeSilentAsync(int count)
        {
            for (int i = 0; i < count; i++)
                await ConnectAsync(i);
        }

        public async Task SendGarbageAsync(int count)
        {
            for (int i = 0; i < count; i++)
                await (await ConnectAsync(i)).SendAsync(RandomNumberGenerator.GetBytes(HandshakeBytes));
        }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

        private async Task<Socket> ConnectAsync(int number)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{10 + (number % Addresses)}"), 0));
            await socket.ConnectAsync(wire);
            return socket;
        }
    }
}
