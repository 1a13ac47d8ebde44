using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What a side had said before it reset its connection arrives at the other, and the reset after it.</summary>
public sealed class LastWordsTests : IDisposable
{
    private readonly TestTunnel _tunnel = new();
    private Socket _client = null!;
    private Socket _target = null!;

    public void Dispose() => _tunnel.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)] // more than a batch, less than the buffers on the way
    public async Task Of_a_client_to_a_target_that_reads_only_then(int count)
    {
        await OpenAsync();
        byte[] words = SocketAssert.RandomBytes(count);
        await SayAndResetAsync(_client, words);
        Assert.Equal(words, await SocketAssert.IsResetAsync(_target));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task Of_a_target_to_a_client_that_reads_only_then(int count)
    {
        await OpenAsync();
        byte[] words = SocketAssert.RandomBytes(count);
        await SayAndResetAsync(_target, words);
        Assert.Equal(words, await SocketAssert.IsResetAsync(_client));
    }

    [Fact]
    public async Task Of_a_target_to_a_client_that_is_still_sending()
    {
        await OpenAsync();
        byte[] words = SocketAssert.RandomBytes(100);
        Task sending = SendUntilResetAsync(_client);
        await SocketAssert.ReadAsync(_target, 1_000_000);
        await SocketAssert.SendAsync(_target, words);
        // There is unread input, or will be: a reset.
        _target.Close();
        byte[] heard = await SocketAssert.ReadAsync(_client, words.Length);
        Assert.Equal(words, heard);
        await sending;
    }

    [Fact]
    public async Task Of_a_target_that_had_ended_its_stream_and_then_resets()
    {
        await OpenAsync();
        byte[] words = SocketAssert.RandomBytes(100_000);
        await SocketAssert.SendAsync(_target, words);
        await SocketAssert.IsAcknowledgedAsync(_target);
        _target.Shutdown(SocketShutdown.Send);
        _target.Close(0);
        Assert.Equal(words, await SocketAssert.ReadAsync(_client, words.Length));
    }

    [Fact]
    public async Task A_reset_after_a_half_close_reaches_the_other_side_though_that_is_silent()
    {
        await OpenAsync();
        _client.Shutdown(SocketShutdown.Send);
        await SocketAssert.EndsAsync(_target);
        _client.Close(0);
        await EndsByItselfAsync();
    }

    private async Task OpenAsync()
    {
        _client = await TestTunnel.ConnectAsync(await _tunnel.StartAsync());
        _target = await SocketAssert.AcceptAsync(_tunnel.Target);
    }

    private static async Task SayAndResetAsync(Socket socket, byte[] words)
    {
        await SocketAssert.SendAsync(socket, words);
        // The speaker's own kernel would forget what it has not sent yet.
        await SocketAssert.IsAcknowledgedAsync(socket);
        socket.Close(0);
    }

    private static async Task SendUntilResetAsync(Socket socket)
    {
        byte[] piece = new byte[100_000];
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
                await SocketAssert.SendAsync(socket, piece);
        });
    }

    // The target never sends, so no send can find the reset.
    private async Task EndsByItselfAsync()
    {
        foreach (Tunnel tunnel in _tunnel.Tunnels)
            await tunnel.DrainAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
