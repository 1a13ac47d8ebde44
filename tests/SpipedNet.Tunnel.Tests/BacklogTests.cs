using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>How many connections wait before anything accepts them.</summary>
public sealed class BacklogTests
{
    private const int Burst = 300;
    private const int BacklogOfSpiped = 10;

    [Fact]
    public async Task A_burst_of_connections_is_established_although_nothing_accepts_yet()
    {
        int kernelsLimit = int.Parse(await File.ReadAllTextAsync("/proc/sys/net/core/somaxconn"), CultureInfo.InvariantCulture);
        int burst = Math.Min(Burst, kernelsLimit);
        Assert.True(burst > BacklogOfSpiped + 1, $"net.core.somaxconn is {kernelsLimit}, too small for this test");
        using var tunnel = new TestTunnel();
        IPEndPoint source = TestTunnel.FreeEndPoint();
        var options = new TunnelOptions
        {
            Role = TunnelRole.Sender, Source = TestTunnel.Address(source), Targets = [TestTunnel.Address(TestTunnel.FreeEndPoint())],
        };
        Assert.Null(await tunnel.New(options).BindAsync(CancellationToken.None));

        Task<Socket>[] connects = [.. Enumerable.Range(0, burst).Select(_ => TestTunnel.ConnectAsync(source))];

        foreach (Socket established in await Task.WhenAll(connects).WaitAsync(TimeSpan.FromSeconds(30)))
            established.Dispose();
    }
}
