using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>The sign of life that a watchdog is given.</summary>
public sealed class RespondTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TestTunnel _tunnel = new();

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task A_tunnel_that_accepts_responds()
    {
        await _tunnel.StartReceiverAsync();
        await _tunnel.Tunnels[0].RespondAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task A_loop_that_hangs_does_not_respond_until_it_goes_on()
    {
        await _tunnel.StartReceiverAsync();
        using var isHanging = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        _tunnel.Loops.First.Post(() =>
        {
            isHanging.Set();
            goOn.Wait();
        });
        isHanging.Wait(Limit);

        Task response = _tunnel.Tunnels[0].RespondAsync();

        Assert.False(response.IsCompleted);
        goOn.Set();
        await response.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_tunnel_at_its_limit_and_one_that_drains_respond()
    {
        using Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartLoneSenderAsync(maxConnections: 1));
        // The first makes it look for connections, the second comes when it has.
        await _tunnel.Tunnels[0].RespondAsync().WaitAsync(Limit);
        await _tunnel.Tunnels[0].RespondAsync().WaitAsync(Limit);
        Assert.Equal(1, _tunnel.Tunnels[0].OpenConnections);

        Task drained = _tunnel.Tunnels[0].DrainAsync();

        await _tunnel.Tunnels[0].RespondAsync().WaitAsync(Limit);
        await _tunnel.Tunnels[0].RespondAsync().WaitAsync(Limit);
        Assert.False(drained.IsCompleted);
    }
}
