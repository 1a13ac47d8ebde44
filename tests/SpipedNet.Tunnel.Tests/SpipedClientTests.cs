using System.Net;
using System.Net.Sockets;
using SpipedNet.Protocol;

namespace SpipedNet.Tunnel.Tests;

/// <summary>Connecting from within a program, and each way in which that fails.</summary>
public sealed class SpipedClientTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestTunnel _tunnel = new();
    private readonly SharedSecret _secret = SharedSecret.FromKeyMaterial("key"u8);

    public void Dispose()
    {
        _tunnel.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public async Task The_secret_may_be_disposed_of_once_connected()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        using var secret = SharedSecret.FromKeyMaterial("key"u8);
        await using SpipedStream stream = await SpipedClient.ConnectAsync(TestTunnel.Address(wire), secret);
        secret.Dispose();
        using Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);

        await stream.WriteAsync(new byte[] { 1, 2, 3 });

        Assert.Equal([1, 2, 3], await SocketAssert.ReadAsync(target, 3));
    }

    [Fact]
    public async Task Connections_need_no_loop_of_the_callers()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync();

        SpipedStream[] streams = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => SpipedClient.ConnectAsync(TestTunnel.Address(wire), _secret)));

        foreach (SpipedStream stream in streams)
        {
            using Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
            await SocketAssert.SendAsync(target, [7]);
        }

        foreach (SpipedStream stream in streams)
        {
            Assert.Equal(7, stream.ReadByte());
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Another_key_is_named_as_the_reason()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync("another key");
        SpipedException failure = await FailsAsync(SpipedError.WrongKey, wire);
        Assert.Contains($"target [127.0.0.1]:{wire.Port}: handshake: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_at_is_unreachable()
    {
        IPEndPoint wire = TestTunnel.FreeEndPoint();
        SpipedException failure = await FailsAsync(SpipedError.Unreachable, wire);
        Assert.Equal($"target [127.0.0.1]:{wire.Port}: connection refused", failure.Message);
    }

    [Fact]
    public async Task A_name_without_addresses_is_unknown()
    {
        SpipedException failure = await Assert.ThrowsAsync<SpipedException>(
            () => SpipedClient.ConnectAsync(TunnelAddress.Parse($"{new string('x', 300)}:8025"), _secret));
        Assert.Equal(SpipedError.NameUnknown, failure.Error);
    }

    [Fact]
    public async Task A_server_that_speaks_text_is_not_spiped()
    {
        using Socket server = TestTunnel.Listen();
        Task<SpipedException> failure = FailsAsync(SpipedError.NotSpiped, (IPEndPoint)server.LocalEndPoint!);
        using Socket accepted = await SocketAssert.AcceptAsync(server);
        await SocketAssert.SendAsync(accepted, "220 mail.example.com ESMTP ready, please go on\r\n"u8.ToArray());
        accepted.Shutdown(SocketShutdown.Send);
        await failure;
    }

    [Fact]
    public async Task A_server_that_says_nothing_times_out()
    {
        using Socket server = TestTunnel.Listen();
        var options = new SpipedClientOptions { Timeout = TimeSpan.FromSeconds(0.2) };
        await FailsAsync(SpipedError.TimedOut, (IPEndPoint)server.LocalEndPoint!, options);
    }

    [Fact]
    public async Task A_peer_without_forward_secrecy_is_told_from_one_with_another_key()
    {
        using var weak = new TestTunnel { Options = options => options with { ForwardSecrecy = ForwardSecrecy.Disabled } };
        IPEndPoint wire = await weak.StartReceiverAsync();
        var options = new SpipedClientOptions { ForwardSecrecy = ForwardSecrecy.Required };
        await FailsAsync(SpipedError.NoForwardSecrecy, wire, options);
    }

    [Fact]
    public async Task Cancelling_a_connect_resets_what_was_open_of_it()
    {
        using Socket server = TestTunnel.Listen();
        using var cancellation = new CancellationTokenSource();
        Task<SpipedStream> connecting = SpipedClient.ConnectAsync(
            TestTunnel.Address((IPEndPoint)server.LocalEndPoint!), _secret, cancellationToken: cancellation.Token);
        using Socket accepted = await SocketAssert.AcceptAsync(server);
        await SocketAssert.ReadAsync(accepted, Handshake.NonceSize);

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => connecting.WaitAsync(Patience));
        await SocketAssert.IsResetAsync(accepted);
    }

    private async Task<SpipedException> FailsAsync(SpipedError error, IPEndPoint wire, SpipedClientOptions? options = null)
    {
        SpipedException failure = await Assert.ThrowsAsync<SpipedException>(
            () => SpipedClient.ConnectAsync(TestTunnel.Address(wire), _secret, options).WaitAsync(Patience));
        Assert.Equal(error, failure.Error);
        return failure;
    }
}
