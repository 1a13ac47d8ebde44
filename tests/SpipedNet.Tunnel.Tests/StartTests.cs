using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What a tunnel refuses before it listens.</summary>
public sealed class StartTests : IDisposable
{
    private const string NobodysAddress = "[192.0.2.1]";

    private readonly TestTunnel _tunnel = new();
    private readonly IPEndPoint _source = TestTunnel.FreeEndPoint();

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task An_address_to_connect_from_that_no_interface_has_is_refused()
    {
        Assert.Equal(
            $"cannot connect from {NobodysAddress}: cannot assign requested address; no interface of this machine has that address; see: ip addr",
            await ErrorAsync(WithBind(NobodysAddress)));
        Assert.False(await IsListeningAsync());
    }

    [Fact]
    public async Task An_address_to_connect_from_may_come_later_when_names_are_waited_for() =>
        Assert.Null(await ErrorAsync(WithBind(NobodysAddress) with { IsWaitingForNames = true }));

    [Fact]
    public async Task A_port_to_connect_from_may_be_busy_at_the_start() =>
        Assert.Null(await ErrorAsync(WithBind(_tunnel.Target.LocalEndPoint!.ToString()!)));

    private TunnelOptions WithBind(string bind)
    {
        Assert.True(TunnelAddress.TryParseBind(bind, out TunnelAddress? address, out _));
        return Options($"[127.0.0.1]:{_source.Port}", "[127.0.0.1]:9") with { Bind = address };
    }

    private static TunnelOptions Options(string source, string target) =>
        new() { Role = TunnelRole.Sender, Source = Address(source), Targets = [Address(target)] };

    private static TunnelAddress Address(string text)
    {
        Assert.True(TunnelAddress.TryParse(text, out TunnelAddress? address, out _));
        return address;
    }

    private async Task<string?> ErrorAsync(TunnelOptions options)
    {
        TunnelStartError? error = await _tunnel.New(options).BindAsync(CancellationToken.None);
        return error?.Message;
    }

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using Socket probe = await TestTunnel.ConnectAsync(_source);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
