using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What the -e end says of a connection that the other end resets.</summary>
public sealed class WireResetTests : IDisposable
{
    private const string Reset = "wire: connection reset by peer";

    private readonly LogLines _lines = new();
    private readonly TestTunnel _tunnel;

    public WireResetTests() => _tunnel = new TestTunnel { Logger = _lines };

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task Before_anything_came_back_it_is_a_warning_that_leads_to_the_other_ends_log()
    {
        using Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartAsync());
        Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
        target.Close(0);

        string line = await _lines.WithAsync(Reset);

        Assert.StartsWith("Warning: ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            $"{Reset} before anything came back: the other end probably could not reach its target; see its log",
            line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_something_came_back_it_is_information()
    {
        using Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartAsync());
        Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
        await SocketAssert.SendAsync(target, [1]);
        await SocketAssert.ReadAsync(client, 1);
        target.Close(0);

        string line = await _lines.WithAsync(Reset);

        Assert.StartsWith("Information: ", line, StringComparison.Ordinal);
        Assert.EndsWith($"broke: {Reset}", line, StringComparison.Ordinal);
    }
}
