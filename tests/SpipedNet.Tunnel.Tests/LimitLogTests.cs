using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>The limit is worth a line when somebody waits because of it.</summary>
public sealed class LimitLogTests
{
    private readonly LogLines _lines = new();

    [Fact]
    public async Task Connections_one_after_another_at_the_limit_log_nothing()
    {
        using var tunnel = new TestTunnel { Logger = _lines };
        var source = await tunnel.StartReceiverAsync(maxConnections: 1);
        for (int i = 0; i < 5; i++)
        {
            using Socket client = await TestTunnel.ConnectAsync(source);
            await SocketAssert.ReadAsync(client, 32);
        }

        Assert.DoesNotContain(_lines.All, line => line.Contains("limit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_waits_is_told_once()
    {
        using var tunnel = new TestTunnel { Logger = _lines };
        var source = await tunnel.StartReceiverAsync(maxConnections: 1);
        using Socket first = await TestTunnel.ConnectAsync(source);
        await SocketAssert.ReadAsync(first, 32);
        using Socket second = await TestTunnel.ConnectAsync(source);
        using Socket third = await TestTunnel.ConnectAsync(source);
        await _lines.WithAsync("limit of 1 connection reached");

        first.Close();
        await SocketAssert.ReadAsync(second, 32);
        Assert.Single(_lines.All, line => line.Contains("limit of 1 connection reached", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_had_to_wait_is_one_connection()
    {
        using var tunnel = new TestTunnel { Logger = _lines };
        var source = await tunnel.StartReceiverAsync(maxConnections: 1);
        using Socket first = await TestTunnel.ConnectAsync(source);
        await SocketAssert.ReadAsync(first, 32);
        using Socket second = await TestTunnel.ConnectAsync(source);
        await _lines.WithAsync("limit of 1 connection reached");

        first.Close();
        await SocketAssert.ReadAsync(second, 32);
        second.Close();

        string line = await _lines.WithAsync("had to wait");
        Assert.EndsWith("below the limit of 1 connection again; 1 connection had to wait", line, StringComparison.Ordinal);
    }
}
