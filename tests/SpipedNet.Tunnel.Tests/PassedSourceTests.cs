using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SpipedNet.Tunnel.Tests;

/// <summary>A listening socket that somebody else has opened, and keeps open.</summary>
public sealed class PassedSourceTests : IDisposable
{
    private readonly TestTunnel _tunnel = new();
    private readonly Socket _listener = TestTunnel.Listen();

    public void Dispose()
    {
        _listener.Dispose();
        _tunnel.Dispose();
    }

    [Fact]
    public async Task Connections_made_while_no_tunnel_has_it_are_served_by_the_next()
    {
        Tunnel first = New();
        Assert.Null(await first.BindAsync(CancellationToken.None, Duplicate(_listener)));
        first.Start();
        using (Socket served = await TestTunnel.ConnectAsync((IPEndPoint)_listener.LocalEndPoint!))
            (await SocketAssert.AcceptAsync(_tunnel.Target)).Dispose();
        await first.DrainAsync();

        using Socket early = await TestTunnel.ConnectAsync((IPEndPoint)_listener.LocalEndPoint!);
        Tunnel second = New();
        Assert.Null(await second.BindAsync(CancellationToken.None, Duplicate(_listener)));
        second.Start();

        using Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
    }

    [Fact]
    public async Task What_does_not_listen_is_refused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        int descriptor = Duplicate(socket);
        TunnelStartError? error = await New().BindAsync(CancellationToken.None, descriptor);
        Assert.Equal(
            $"cannot accept connections on descriptor {descriptor}: it is no listening stream socket; "
            + "the socket unit needs ListenStream= and Accept=no",
            error?.Message);
    }

    // A sender connects to its target at once, which shows that it has accepted.
    private Tunnel New()
    {
        Assert.True(TunnelAddress.TryParseSource("systemd:", out TunnelAddress? source, out _));
        return _tunnel.New(new TunnelOptions
        {
            Role = TunnelRole.Sender, Source = source, Targets = [TestTunnel.Address((IPEndPoint)_tunnel.Target.LocalEndPoint!)],
        });
    }

    private static int Duplicate(Socket socket) => DuplicateDescriptor((int)socket.Handle);

    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DuplicateDescriptor(int descriptor);
}
