using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>The limit is worth a line when somebody waits because of it.</summary>
public sealed class LimitLogTests : IDisposable
{
    private readonly LogLines _lines = new();
    private readonly TestTunnel _tunnel;

    public LimitLogTests() => _tunnel = new TestTunnel { Logger = _lines };

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task Connections_one_after_another_at_the_limit_log_nothing()
    {
        IPEndPoint source = await _tunnel.StartLoneSenderAsync(maxConnections: 1);
        for (int i = 0; i < 5; i++)
        {
            using Socket client = await TestTunnel.ConnectAsync(source);
            await EndOneAsync();
            await IsFreeAsync();
        }

        Assert.DoesNotContain(_lines.All, line => line.Contains("limit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_that_wait_are_told_once()
    {
        IPEndPoint source = await _tunnel.StartLoneSenderAsync(maxConnections: 1);
        using Socket first = await TestTunnel.ConnectAsync(source);
        using Socket second = await TestTunnel.ConnectAsync(source);
        using Socket third = await TestTunnel.ConnectAsync(source);
        await _lines.WithAsync("limit of 1 connection reached");

        await EndOneAsync();
        await EndOneAsync();
        Assert.Single(_lines.All, line => line.Contains("limit of 1 connection reached", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_had_to_wait_is_one_connection()
    {
        IPEndPoint source = await _tunnel.StartLoneSenderAsync(maxConnections: 1);
        using Socket first = await TestTunnel.ConnectAsync(source);
        using Socket second = await TestTunnel.ConnectAsync(source);
        await _lines.WithAsync("limit of 1 connection reached");

        await EndOneAsync();
        await EndOneAsync();

        string line = await _lines.WithAsync("had to wait");
        Assert.EndsWith("below the limit of 1 connection again; 1 connection had to wait", line, StringComparison.Ordinal);
    }

    // No event tells of a place that is given back.
    private async Task IsFreeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_tunnel.Tunnels[0].OpenConnections > 0)
            await Task.Delay(1, patience.Token);
    }

    private async Task EndOneAsync()
    {
        Socket wire = await SocketAssert.AcceptAsync(_tunnel.Target);
        wire.Close();
    }
}
