using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What the kernel is told about both sockets of a connection, at both ends of a tunnel.</summary>
public sealed class SocketOptionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_socket_sends_without_Nagles_delay_and_is_kept_alive_unless_that_is_off(bool isKeepAlive)
    {
        using var tunnel = new TestTunnel { IsKeepAlive = isKeepAlive };
        IPEndPoint wire = await tunnel.StartReceiverAsync();
        IPEndPoint source = await tunnel.StartSenderAsync(wire);
        using Socket client = await TestTunnel.ConnectAsync(source);
        using Socket target = await SocketAssert.AcceptAsync(tunnel.Target);
        await SocketAssert.SendAsync(client, [1]);
        await SocketAssert.ReadAsync(target, 1);

        // The tests' own sockets are those at the outer ends.
        OpenSocket[] sockets = [.. OpenSocket.All().Where(IsTunnels)];

        Assert.Equal(4, sockets.Length);
        Assert.All(sockets, socket => Assert.Equal(1, socket.Option(Libc.IPPROTO_TCP, Libc.TCP_NODELAY)));
        Assert.All(sockets, socket => Assert.Equal(isKeepAlive ? 1 : 0, socket.Option(Libc.SOL_SOCKET, Libc.SO_KEEPALIVE)));
        if (isKeepAlive)
            Assert.All(sockets, socket => Assert.Equal(150, SecondsUntilVanished(socket)));

        bool IsTunnels(OpenSocket socket) => socket.Local.Equals(source) || socket.Local.Equals(wire)
            || socket.Remote.Equals(wire) || socket.Remote.Equals(tunnel.Target.LocalEndPoint);
    }

    private static int SecondsUntilVanished(OpenSocket socket) =>
        socket.Option(Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE)
        + (socket.Option(Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL) * socket.Option(Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT));
}
