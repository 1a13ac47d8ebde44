using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>Clients that have not proved that they have the key: what they may take, and from whom.</summary>
public sealed class StrangerTests : IDisposable
{
    private const int HandshakeBytes = 32 + 288;
    private const string MadeRoom = "it was silent while many others came, and had to make room";

    private readonly LogLines _lines = new();
    private TestTunnel _tunnel;

    public StrangerTests() => _tunnel = new TestTunnel { Logger = _lines };

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task They_take_no_place_of_the_limit_for_connections()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync(maxConnections: 1);
        using Socket silent = await SilentAsync(wire), another = await SilentAsync(wire);

        await AssertServesAsync(wire);

        Assert.Equal(1, _tunnel.Tunnels[0].OpenConnections);
    }

    [Fact]
    public async Task The_oldest_makes_room_when_there_are_too_many()
    {
        With(options => options with { MaxStrangers = 2 });
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        using Socket first = await SilentAsync(wire), second = await SilentAsync(wire), third = await SilentAsync(wire);

        await SocketAssert.IsResetAsync(first);

        Assert.Contains(MadeRoom, await _lines.WithAsync(MadeRoom), StringComparison.Ordinal);
        Assert.False(second.Poll(0, SelectMode.SelectRead));
        await AssertServesAsync(wire);
    }

    [Fact]
    public async Task The_oldest_from_an_address_makes_room_for_another_from_there_and_no_one_elses()
    {
        With(options => options with { MaxStrangersPerAddress = 1 });
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        using Socket elsewhere = await SilentAsync(wire, IPAddress.Parse("127.0.0.2"));
        using Socket first = await SilentAsync(wire), second = await SilentAsync(wire);

        await SocketAssert.IsResetAsync(first);

        Assert.False(elsewhere.Poll(0, SelectMode.SelectRead));
        Assert.False(second.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task One_that_has_proved_the_key_at_the_limit_waits_for_a_place()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync(maxConnections: 1);
        IPEndPoint source = await _tunnel.StartSenderAsync(wire);
        // Both are accepted before the first has proved anything.
        using Socket first = await TestTunnel.ConnectAsync(source), second = await TestTunnel.ConnectAsync(source);
        Socket atTarget = await SocketAssert.AcceptAsync(_tunnel.Target);
        await _lines.WithAsync("limit of 1 connection reached");
        Assert.False(_tunnel.Target.Poll(0, SelectMode.SelectRead));

        atTarget.Close(0);

        await SocketAssert.AcceptAsync(_tunnel.Target);
    }

    [Fact]
    public async Task Garbage_fills_no_log()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        for (int i = 0; i < 30; i++)
        {
            using Socket garbage = await TestTunnel.ConnectAsync(wire);
            await SocketAssert.SendAsync(garbage, SocketAssert.RandomBytes(HandshakeBytes));
            await SocketAssert.IsResetAsync(garbage);
        }

        // A client may see the reset before its failure is counted.
        await _tunnel.Tunnels[0].DrainAsync();
        _tunnel.Tunnels[0].Dispose();

        await _lines.WithAsync("10 connections more failed in this minute");
        Assert.Equal(20, _lines.All.Count(line => line.Contains("the peer has another key", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Connecting_early_reaches_the_target_for_anyone_and_leaves_it_when_the_proof_fails()
    {
        With(options => options with { IsConnectingEarly = true });
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        using Socket stranger = await SilentAsync(wire);
        Socket atTarget = await SocketAssert.AcceptAsync(_tunnel.Target);

        await SocketAssert.SendAsync(stranger, SocketAssert.RandomBytes(HandshakeBytes));

        await SocketAssert.IsResetAsync(atTarget);
    }

    [Fact]
    public async Task Connecting_early_serves_who_has_the_key()
    {
        With(options => options with { IsConnectingEarly = true });
        await AssertServesAsync(await _tunnel.StartReceiverAsync());
    }

    private void With(Func<TunnelOptions, TunnelOptions> options)
    {
        _tunnel.Dispose();
        _tunnel = new TestTunnel { Logger = _lines, Options = options };
    }

    // It has got the nonce, so it was taken over.
    private static async Task<Socket> SilentAsync(IPEndPoint wire, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        await socket.ConnectAsync(wire);
        await SocketAssert.ReadAsync(socket, 32);
        return socket;
    }

    private async Task AssertServesAsync(IPEndPoint wire)
    {
        Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartSenderAsync(wire));
        Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
        await SocketAssert.SendAsync(client, [1]);
        Assert.Equal([1], await SocketAssert.ReadAsync(target, 1));
    }
}
