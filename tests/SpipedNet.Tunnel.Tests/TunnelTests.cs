using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>A sender and a receiver in one process, real sockets between.</summary>
public sealed class TunnelTests : IDisposable
{
    private readonly TestTunnel _tunnel = new();

    public void Dispose() => _tunnel.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5_000_000)]
    public async Task Bytes_arrive_unchanged_in_both_directions(int count)
    {
        (Socket client, Socket target) = await OpenAsync();
        byte[] request = SocketAssert.RandomBytes(count), answer = SocketAssert.RandomBytes(count);
        Task sending = Task.WhenAll(SocketAssert.SendAsync(client, request), SocketAssert.SendAsync(target, answer));
        Task<byte[]> arrived = SocketAssert.ReadAsync(target, count), answered = SocketAssert.ReadAsync(client, count);
        await sending;
        Assert.Equal(request, await arrived);
        Assert.Equal(answer, await answered);
    }

    [Fact]
    public async Task The_clients_half_close_leaves_the_answers_direction_open()
    {
        (Socket client, Socket target) = await OpenAsync();
        client.Shutdown(SocketShutdown.Send);
        await SocketAssert.EndsAsync(target);
        byte[] answer = SocketAssert.RandomBytes(3_000_000);
        await Task.WhenAll(SocketAssert.SendAsync(target, answer).ContinueWith(_ => target.Shutdown(SocketShutdown.Send)),
            Task.Run(async () => Assert.Equal(answer, await SocketAssert.ReadToEndAsync(client))));
    }

    [Fact]
    public async Task The_targets_half_close_leaves_the_requests_direction_open()
    {
        (Socket client, Socket target) = await OpenAsync();
        target.Shutdown(SocketShutdown.Send);
        await SocketAssert.EndsAsync(client);
        byte[] request = SocketAssert.RandomBytes(3_000_000);
        await Task.WhenAll(SocketAssert.SendAsync(client, request).ContinueWith(_ => client.Shutdown(SocketShutdown.Send)),
            Task.Run(async () => Assert.Equal(request, await SocketAssert.ReadToEndAsync(target))));
    }

    [Fact]
    public async Task A_reset_of_the_client_resets_the_target()
    {
        (Socket client, Socket target) = await OpenAsync();
        client.Close(0);
        await SocketAssert.IsResetAsync(target);
    }

    [Fact]
    public async Task A_reset_of_the_target_resets_the_client()
    {
        (Socket client, Socket target) = await OpenAsync();
        target.Close(0);
        await SocketAssert.IsResetAsync(client);
    }

    [Fact]
    public async Task A_refused_target_resets_the_client()
    {
        IPEndPoint source = await _tunnel.StartSenderAsync(TestTunnel.FreeEndPoint());
        await AssertResetAsync(source);
    }

    [Fact]
    public async Task A_wrong_key_reaches_no_target_and_resets_the_client()
    {
        IPEndPoint wire = await _tunnel.StartReceiverAsync("key");
        await AssertResetAsync(await _tunnel.StartSenderAsync(wire, "another key"));
        Assert.False(_tunnel.Target.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_stranger_gets_a_nonce_and_a_reset_and_reaches_no_target()
    {
        using Socket stranger = await TestTunnel.ConnectAsync(await _tunnel.StartReceiverAsync());
        await SocketAssert.SendAsync(stranger, SocketAssert.RandomBytes(32 + 288));
        byte[] got = await SocketAssert.IsResetAsync(stranger);
        Assert.Equal(32, got.Length);
        Assert.False(_tunnel.Target.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_silent_client_is_reset_after_the_timeout()
    {
        using var impatient = new TestTunnel { Timeout = TimeSpan.FromSeconds(0.3) };
        using Socket silent = await TestTunnel.ConnectAsync(await impatient.StartReceiverAsync());
        Assert.Equal(32, (await SocketAssert.IsResetAsync(silent)).Length);
    }

    [Fact]
    public async Task A_stalled_reader_stops_the_sender_and_loses_nothing()
    {
        (Socket client, Socket target) = await OpenAsync();
        client.Blocking = false;
        byte[] data = SocketAssert.RandomBytes(64 * 1024 * 1024);
        int sent = SendUntilBlocked(client, data);
        Assert.InRange(sent, 1, data.Length - 1);

        client.Blocking = true;
        Task rest = SocketAssert.SendAsync(client, data[sent..]);
        Assert.Equal(data, await SocketAssert.ReadAsync(target, data.Length));
        await rest;
    }

    [Fact]
    public async Task A_burst_of_300_connections_is_served()
    {
        IPEndPoint source = await _tunnel.StartAsync();
        Task<byte[]>[] burst = [.. Enumerable.Range(0, 300).Select(async i =>
        {
            using Socket client = await TestTunnel.ConnectAsync(source);
            await SocketAssert.SendAsync(client, [(byte)i]);
            return await SocketAssert.ReadAsync(client, 1);
        })];
        for (int i = 0; i < burst.Length; i++)
        {
            Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
            _ = Task.Run(async () => await SocketAssert.SendAsync(target, await SocketAssert.ReadAsync(target, 1)));
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (byte)i), (await Task.WhenAll(burst)).Select(answer => answer[0]));
    }

    [Fact]
    public async Task Beyond_the_limit_a_connection_waits_until_another_ends()
    {
        IPEndPoint source = await _tunnel.StartAsync(maxConnections: 1);
        Socket first = await TestTunnel.ConnectAsync(source);
        Socket firstTarget = await SocketAssert.AcceptAsync(_tunnel.Target);
        using Socket second = await TestTunnel.ConnectAsync(source);
        Task<Socket> secondTarget = _tunnel.Target.AcceptAsync();
        await SocketAssert.SendAsync(first, [1]);
        await SocketAssert.ReadAsync(firstTarget, 1);
        Assert.False(secondTarget.IsCompleted);

        first.Close();
        firstTarget.Close();
        await SocketAssert.SendAsync(second, [2]);
        Assert.Equal([2], await SocketAssert.ReadAsync(await secondTarget.WaitAsync(TimeSpan.FromSeconds(30)), 1));
    }

    [Fact]
    public async Task Draining_refuses_new_connections_and_ends_with_the_last_old_one()
    {
        (Socket client, Socket target) = await OpenAsync();
        Tunnel sender = _tunnel.Tunnels[1];
        Task drained = sender.DrainAsync();
        await WaitUntilRefusedAsync((IPEndPoint)client.RemoteEndPoint!);
        await SocketAssert.SendAsync(client, [1]);
        await SocketAssert.ReadAsync(target, 1);
        Assert.False(drained.IsCompleted);

        client.Close();
        target.Close();
        await drained.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, sender.OpenConnections);
    }

    private async Task<(Socket Client, Socket Target)> OpenAsync()
    {
        Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartAsync());
        return (client, await SocketAssert.AcceptAsync(_tunnel.Target));
    }

    // The reset may come before connect has returned.
    private static async Task AssertResetAsync(IPEndPoint source)
    {
        SocketException reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using Socket client = await TestTunnel.ConnectAsync(source);
            await SocketAssert.ReadAsync(client, 1);
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    // Blocked is when nothing more fits for a while: the pumps take what they can in between.
    private static int SendUntilBlocked(Socket socket, byte[] data)
    {
        int sent = 0;
        while (sent < data.Length && socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite))
            sent += socket.Send(data.AsSpan(sent), SocketFlags.None, out _);
        return sent;
    }

    private static async Task WaitUntilRefusedAsync(IPEndPoint endPoint)
    {
        for (long end = Environment.TickCount64 + 30_000; Environment.TickCount64 < end;)
        {
            try
            {
                using Socket probe = await TestTunnel.ConnectAsync(endPoint);
            }
            catch (SocketException failure)
            {
                // One that waited in the backlog when the listener closed is reset.
                if (failure.SocketErrorCode == SocketError.ConnectionRefused)
                    return;
            }
        }

        throw new TimeoutException("connections are still accepted");
    }
}
