using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>Connections that carry nothing.</summary>
public sealed class IdleTests : IDisposable
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(3);

    private readonly LogLines _lines = new();
    private readonly TestTunnel _tunnel;

    public IdleTests() => _tunnel = new TestTunnel
    {
        Logger = _lines,
        Options = options => options.Role == TunnelRole.Sender ? options with { IdleTimeout = IdleTimeout } : options,
    };

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task One_that_is_idle_for_too_long_is_reset_on_both_sides()
    {
        (Socket client, Socket target) = await OpenAsync();
        await SocketAssert.IsResetAsync(client);
        await SocketAssert.IsResetAsync(target);
        Assert.Contains("nothing came in either direction (--idle-timeout)", await _lines.WithAsync("idle"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_carries_a_byte_now_and_then_in_one_direction_is_not_idle(bool isFromClient)
    {
        (Socket client, Socket target) = await OpenAsync();
        (Socket from, Socket to) = isFromClient ? (client, target) : (target, client);
        for (int i = 0; i < 16; i++)
        {
            await SocketAssert.SendAsync(from, [1]);
            await SocketAssert.ReadAsync(to, 1);
            // Not for an event: the time is what is tested.
            await Task.Delay(IdleTimeout / 12);
        }

        Assert.False(to.Poll(0, SelectMode.SelectRead));
    }

    private async Task<(Socket Client, Socket Target)> OpenAsync()
    {
        Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartAsync());
        return (client, await SocketAssert.AcceptAsync(_tunnel.Target));
    }
}
