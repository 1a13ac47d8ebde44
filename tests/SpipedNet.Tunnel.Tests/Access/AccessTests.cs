using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SpipedNet.Tunnel.Access;

namespace SpipedNet.Tunnel.Tests.Access;

/// <summary>Connections from addresses that are not allowed: what becomes of them, and what they cost the others.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly LogLines _lines = new();
    private readonly TestTunnel _tunnel;

    public AccessTests() => _tunnel = new TestTunnel { Logger = _lines, Options = options => options with { Allow = [Range("127.0.0.1")] } };

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task They_are_reset_and_counted()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        await AssertRefusedAsync(wire);
        await AssertRefusedAsync(wire);

        Assert.Equal(2, _tunnel.Tunnels[0].GetStatus().ConnectionsEnded["not_allowed"]);
    }

    [Fact]
    public async Task They_take_no_place_of_the_limit_and_count_as_no_connections()
    {
        IPEndPoint source = await _tunnel.StartLoneSenderAsync(maxConnections: 1);
        for (int i = 0; i < 3; i++)
            await AssertRefusedAsync(source);

        Assert.Equal(0, _tunnel.Tunnels[0].OpenConnections);
        using Socket allowed = await TestTunnel.ConnectAsync(source);
        (await SocketAssert.AcceptAsync(_tunnel.Target)).Dispose();
        // A place that was not given back, or a connection that is still counted, would hold up the end.
        allowed.Close(0);
        await _tunnel.Tunnels[0].DrainAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task They_push_out_none_of_those_that_have_not_proved_the_key_yet()
    {
        using var tunnel = new TestTunnel { Options = options => options with { Allow = [Range("127.0.0.1")], MaxStrangers = 1 } };
        IPEndPoint wire = await tunnel.StartReceiverAsync();
        using Socket silent = await TestTunnel.ConnectAsync(wire);
        await silent.ReceiveAsync(new byte[32]);

        await AssertRefusedAsync(wire);

        Assert.False(silent.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task The_end_of_the_tunnel_tells_how_many_were_not_told_one_by_one()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        for (int i = 0; i < 3; i++)
            await AssertRefusedAsync(wire);

        // Who is refused may see the reset before it is counted.
        await _tunnel.Tunnels[0].StopAcceptingAsync();
        _tunnel.Tunnels[0].Dispose();

        Assert.Single(_lines.All, line => line.Contains("refused a connection from [127.0.0.2]:", StringComparison.Ordinal));
        Assert.Single(_lines.All, line => line.Contains("refused 2 connections more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_passed_UNIX_socket_is_an_error_since_its_clients_have_no_address()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.Delete(path);
        listener.Listen(1);
        Assert.True(TunnelAddress.TryParseSource("systemd:", out TunnelAddress? source, out _));
        Tunnel tunnel = _tunnel.New(new TunnelOptions
        {
            Role = TunnelRole.Receiver, Source = source, Targets = [TunnelAddress.Parse("[127.0.0.1]:1")], Allow = [Range("127.0.0.1")],
        });

        TunnelStartError? error = await tunnel.BindAsync(CancellationToken.None, DuplicateDescriptor((int)listener.Handle));

        Assert.Equal("the passed socket is a UNIX socket, whose clients have no address for --allow", error?.Message);
    }

    private static async Task AssertRefusedAsync(IPEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        try
        {
            await socket.ConnectAsync(endPoint);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return; // sooner than this end had looked
        }

        Assert.Empty(await SocketAssert.IsResetAsync(socket));
    }

    private static AddressRange Range(string text) =>
        AddressRange.TryParse(text, out AddressRange? range, out string? error) ? range : throw new FormatException(error);

    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DuplicateDescriptor(int descriptor);
}
