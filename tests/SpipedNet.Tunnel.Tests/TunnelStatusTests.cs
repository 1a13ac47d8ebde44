using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What a tunnel tells of itself while it works.</summary>
public sealed class TunnelStatusTests
{
    [Fact]
    public async Task A_hundred_connections_that_come_and_go_on_two_loops_lose_no_byte_of_the_count()
    {
        using var tunnel = new TestTunnel();
        IPEndPoint source = await tunnel.StartAsync();
        long last = 0;
        bool hasEnded = false;
        Task<bool> isMonotonic = Task.Run(() =>
        {
            for (bool isOver = false; !isOver;)
            {
                isOver = Volatile.Read(ref hasEnded);
                long now = tunnel.Tunnels[0].GetStatus().BytesDecrypted;
                if (now < last)
                    return false;
                last = now;
            }

            return true;
        });

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            for (int i = 0; i < 10; i++)
                await SendAsync(tunnel, source);
        }));
        await WaitAsync(() => tunnel.Tunnels.TrueForAll(end => end.GetStatus().ConnectionsOpen == 0));
        Volatile.Write(ref hasEnded, true);

        Assert.True(await isMonotonic);
        Assert.All(tunnel.Tunnels, end => Assert.Equal((100, 100 * 3000), (end.GetStatus().ConnectionsEnded["closed"], Up(end.GetStatus()))));
    }

    [Fact]
    public async Task Before_its_start_and_after_its_end_it_does_not_listen()
    {
        using var tunnel = new TestTunnel();
        await tunnel.StartReceiverAsync();
        Tunnel receiver = tunnel.Tunnels[0];
        using Tunnel unbound = tunnel.New(new TunnelOptions
        {
            Role = TunnelRole.Receiver, Source = TestTunnel.Address(TestTunnel.FreeEndPoint()), Targets = [TestTunnel.Address(TestTunnel.FreeEndPoint())],
        });
        Assert.Equal((false, null), (unbound.GetStatus().IsListening, unbound.GetStatus().StartedAt));
        await WaitAsync(() => receiver.GetStatus().IsListening);

        receiver.Dispose();

        await WaitAsync(() => !receiver.GetStatus().IsListening);
    }

    private static long Up(TunnelStatus status) => status.Mode == "encrypt" ? status.BytesEncrypted : status.BytesDecrypted;

    // 3000 bytes up, and the ends of both directions.
    private static async Task SendAsync(TestTunnel tunnel, IPEndPoint source)
    {
        Task<Socket> accepting = tunnel.Target.AcceptAsync();
        using Socket client = await TestTunnel.ConnectAsync(source);
        await client.SendAsync(new byte[3000]);
        client.Shutdown(SocketShutdown.Send);
        using Socket server = await accepting;
        byte[] buffer = new byte[4096];
        while (await server.ReceiveAsync(buffer) > 0)
            continue;
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(buffer));
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 2000, "waited 20 s in vain");
            await Task.Delay(10);
        }
    }
}
