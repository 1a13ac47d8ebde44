using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What the log says of a handshake that fails: where, why, and what to look at.</summary>
public sealed class HandshakeFailureTests : IDisposable
{
    private const string MayBePlain = "it may be a plain client, and this end would then want -e";
    private const string CompareKeys = "compare the key fingerprints that both ends log at their start";

    private readonly LogLines _lines = new();
    private readonly Socket _peer = TestTunnel.Listen();

    public void Dispose() => _peer.Dispose();

    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n")]
    [InlineData("*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n*1\r\n$4\r\nPING\r\n")]
    public async Task A_client_that_sends_text_and_closes_may_be_a_plain_one(string text) =>
        await AssertReceiverSaysAsync(Encoding.ASCII.GetBytes(text), Then.Close, $"the peer sent text: {MayBePlain}");

    [Fact]
    public async Task A_client_that_sends_text_and_waits_may_be_a_plain_one() =>
        await AssertReceiverSaysAsync("PING\r\n"u8.ToArray(), Then.LetTimePass, $"the peer sent text: {MayBePlain}");

    [Fact]
    public async Task A_client_that_sends_as_much_text_as_a_handshake_has_may_be_a_plain_one() => await AssertReceiverSaysAsync(
        Encoding.ASCII.GetBytes(new string('x', 400)), Then.Stay, $"the peer sent text: {MayBePlain}");

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public async Task A_client_that_closes_within_its_nonce_may_be_a_plain_one(int count) => await AssertReceiverSaysAsync(
        new byte[count], Then.Close, $"the peer closed the connection after {count} of the nonce's 32 bytes: {MayBePlain}");

    [Fact]
    public async Task A_client_that_says_nothing_may_be_a_plain_one() => await AssertReceiverSaysAsync(
        [], Then.LetTimePass, $"not finished within 1 s (-o), after 0 of the nonce's 32 bytes: {MayBePlain}");

    [Fact]
    public async Task A_client_with_another_key_leads_to_the_fingerprints() => await AssertReceiverSaysAsync(
        new byte[32 + 288], Then.Stay, $"the peer has another key, or is not spiped; {CompareKeys}");

    [Fact]
    public async Task A_client_that_gives_up_in_the_middle_is_said_to() => await AssertReceiverSaysAsync(
        new byte[33], Then.Close, "the peer closed the connection in the middle: it has another key, or has given up");

    [Fact]
    public async Task A_target_that_does_not_answer_is_named_and_doubted() => await AssertSenderSaysAsync(
        [], Then.LetTimePass, "no answer within 1 s (-o): is a spiped -d there, not a -e or a plain server, and below its limit (-n)?");

    [Fact]
    public async Task A_target_that_stops_in_the_middle_is_named() =>
        await AssertSenderSaysAsync(new byte[32], Then.LetTimePass, "not finished within 1 s (-o)");

    [Fact]
    public async Task A_target_that_answers_with_text_is_no_server_end() => await AssertSenderSaysAsync(
        "-ERR unknown command\r\n"u8.ToArray(), Then.Close, "the peer sent text, so it is no spiped -d; look at the target (-t)");

    [Fact]
    public async Task A_target_that_closes_at_once_is_doubted() => await AssertSenderSaysAsync(
        [], Then.Close, "the peer closed the connection at once: is a spiped -d listening there, does it reach its target, and may this host connect (--allow)?");

    [Fact]
    public async Task A_target_that_closes_after_its_nonce_leads_to_the_fingerprints() => await AssertSenderSaysAsync(
        new byte[32],
        Then.Close,
        $"the peer closed the connection: it has another key, cannot reach its target, or is not spiped; {CompareKeys}");

    [Fact]
    public async Task A_target_with_another_key_is_named_and_leads_to_the_fingerprints()
    {
        using TestTunnel tunnel = NewTunnel(Then.Close);
        IPEndPoint wire = await tunnel.StartReceiverAsync("key");
        using Socket client = Knock(await tunnel.StartSenderAsync(wire, "another key"));

        string line = await _lines.WithAsync($"failed: target [127.0.0.1]:{wire.Port}: handshake: ");

        Assert.EndsWith(CompareKeys, line, StringComparison.Ordinal);
    }

    private async Task AssertReceiverSaysAsync(byte[] sent, Then then, string reason)
    {
        using TestTunnel tunnel = NewTunnel(then);
        using Socket client = await TestTunnel.ConnectAsync(await tunnel.StartReceiverAsync());
        await SocketAssert.SendAsync(client, sent);
        if (then == Then.Close)
            client.Shutdown(SocketShutdown.Send);

        Assert.EndsWith($" failed: handshake: {reason}", await _lines.WithAsync("handshake"), StringComparison.Ordinal);
    }

    private async Task AssertSenderSaysAsync(byte[] answer, Then then, string reason)
    {
        using TestTunnel tunnel = NewTunnel(then);
        var target = (IPEndPoint)_peer.LocalEndPoint!;
        using Socket client = Knock(await tunnel.StartSenderAsync(target));
        using Socket peer = await SocketAssert.AcceptAsync(_peer);
        await SocketAssert.SendAsync(peer, answer);
        if (then == Then.Close)
            peer.Shutdown(SocketShutdown.Send);

        string line = await _lines.WithAsync("handshake");

        Assert.EndsWith($" failed: target [127.0.0.1]:{target.Port}: handshake: {reason}", line, StringComparison.Ordinal);
    }

    private TestTunnel NewTunnel(Then then) =>
        new() { Logger = _lines, Timeout = TimeSpan.FromSeconds(then == Then.LetTimePass ? 1 : 20) };

    // The reset may come before connect has returned.
    private static Socket Knock(IPEndPoint source)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _ = client.ConnectAsync(source).ContinueWith(connect => connect.Exception, TaskScheduler.Default);
        return client;
    }

    /// <summary>What the peer does when it has sent what it sends.</summary>
    private enum Then
    {
        Close,
        Stay,
        LetTimePass,
    }
}
