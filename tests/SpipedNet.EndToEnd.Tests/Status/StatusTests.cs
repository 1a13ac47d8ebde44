using System.Text.Json;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Status;

/// <summary>spiped-net status: what a running tunnel tells of itself, with stock spiped at the other end.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class StatusTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;

    public StatusTests() => _target = new EchoTarget(AddressKind.Tcp4, _directory);

    [Theory]
    [InlineData("-e", "encrypt")]
    [InlineData("-d", "decrypt")]
    public async Task It_tells_the_mode_addresses_key_and_connections_of_either_end(string role, string mode)
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync(role, _target.Address.Text, "-n", "7");
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync(100);

        JsonElement status = await tunnel.UntilAsync(now => now.GetProperty("bytes_decrypted").GetInt64() == 100, "both ways are counted");

        Assert.Equal(mode, status.GetProperty("mode").GetString());
        Assert.Equal(tunnel.Observed.Source.Text, status.GetProperty("source").GetString());
        Assert.Equal(
            role == "-e" ? tunnel.Server.Source.Text : _target.Address.Text,
            status.GetProperty("targets")[0].GetProperty("resolved")[0].GetString());
        Assert.Equal(
            (await TestProcess.RunAsync(Programs.SpipedNet, ["fingerprint", tunnel.Key])).Output.TrimEnd(),
            status.GetProperty("keys")[0].GetProperty("fingerprint").GetString());
        Assert.Equal((1, 7, 1), (Number(status, "connections_open"), Number(status, "connections_limit"), Number(status, "connections_total")));
        Assert.True(status.GetProperty("is_listening").GetBoolean());
        Assert.True(status.GetProperty("is_target_reached").GetBoolean());
    }

    [Fact]
    public async Task The_bytes_of_a_connection_show_while_it_is_open_and_stay_when_it_has_ended()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        using (Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync()))
        {
            await connection.AssertEchoesAsync(5000);
            JsonElement open = await tunnel.UntilAsync(now => Number(now, "bytes_encrypted") == 5000, "what it has carried shows");
            Assert.Equal((1, 5000), (Number(open, "connections_open"), Number(open, "bytes_decrypted")));
            connection.CloseOutput();
            await connection.CountUntilEndAsync();
        }

        JsonElement ended = await tunnel.UntilAsync(now => Number(now, "connections_open") == 0, "it has ended");

        Assert.Equal((5000, 5000), (Number(ended, "bytes_encrypted"), Number(ended, "bytes_decrypted")));
        Assert.Equal(1, Number(ended.GetProperty("connections_ended"), "closed"));
    }

    [Fact]
    public async Task A_client_that_has_another_key_is_counted_and_told_in_words()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd wrong = TunnelEnd.Start(Maker.Stock, "-e", source, tunnel.Server.Source.Text, _directory.NewKey());
        await wrong.ListeningAsync();
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        await connection.CountUntilEndAsync();

        JsonElement status = await tunnel.UntilAsync(
            now => now.GetProperty("connections_ended").TryGetProperty("wrong_key", out JsonElement count) && count.GetInt64() == 1,
            "one with a wrong key is counted");

        Assert.Contains("the peer has another key", status.GetProperty("last_error").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, status.GetProperty("last_handshake_at").ValueKind);
    }

    [Fact]
    public async Task A_silent_peer_is_counted_apart_from_the_connections_that_are_open()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        using Duplex silent = Duplex.Of(await tunnel.Server.Source.ConnectAsync());

        JsonElement status = await tunnel.UntilAsync(now => Number(now, "connections_unproven") == 1, "it is counted");

        Assert.Equal(0, Number(status, "connections_open"));
    }

    [Theory]
    [InlineData("-e", "refused_by_peer")]
    [InlineData("-d", "target_unreachable")]
    public async Task A_target_that_cannot_be_reached_shows_and_so_does_its_return(string role, string reason)
    {
        using var directory = new TestDirectory();
        TestAddress address = TestAddress.Unused(AddressKind.Tcp4, directory);
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync(role, address.Text);
        await FailAsync(tunnel);

        // A stock end that cannot reach its target ends the handshake, as one with another key does.
        string[] reasons = role == "-e" ? [reason, "wrong_key", "not_spiped"] : [reason];
        await tunnel.UntilAsync(
            now => reasons.Any(word => now.GetProperty("connections_ended").TryGetProperty(word, out _))
                && now.GetProperty("is_target_reached").ValueKind == JsonValueKind.False,
            "the failure shows");
        using var target = new EchoTarget(new Target(address));
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync();

        await tunnel.UntilAsync(now => now.GetProperty("is_target_reached").ValueKind == JsonValueKind.True, "the return shows");
    }

    [Fact]
    public async Task A_tunnel_that_drains_does_not_listen_any_more()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync();

        tunnel.Observed.Process.Signal(ProcessTable.Terminate);

        await tunnel.UntilAsync(now => !now.GetProperty("is_listening").GetBoolean(), "it does not listen");
    }

    [Fact]
    public async Task For_people_it_is_a_block_of_lines()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync(2048);
        await tunnel.UntilAsync(now => Number(now, "bytes_encrypted") == 2048, "what it has carried shows");

        ProcessOutcome outcome = await tunnel.RunAsync();

        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Matches(
            $"""
            ^tunnel: .*
              process: {tunnel.Observed.Process.Id}, spiped-net [0-9.]+, decrypting
              source: .*:{tunnel.Server.Source.Port}
              target: .*:{_target.Address.Port}
              key: [0-9a-f]+
              started: .*
              connections: 1 of 100 open, 1 since the start
              transfer: 2\.00 KiB encrypted, 2\.00 KiB decrypted
              latest handshake: (now|.* ago)
            $
            """,
            outcome.Output);
    }

    [Fact]
    public async Task Watch_tells_again_every_second_with_the_rate_each_way()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        using TestProcess watch = TestProcess.StartPipe(Programs.SpipedNet, ["status", "--watch", "--socket", tunnel.Socket]);
        using var lines = new StreamReader(watch.Output);
        await ReadUntilAsync(lines, line => line == "  transfer: 0 B encrypted, 0 B decrypted");
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync(1 << 20);

        string rate = await ReadUntilAsync(lines, line => line.StartsWith("  rate: ", StringComparison.Ordinal) && !line.Contains(" 0 B/s", StringComparison.Ordinal));

        Assert.Matches("^  rate: [0-9.]+ [KM]iB/s encrypted, [0-9.]+ [KM]iB/s decrypted$", rate);
    }

    [Fact]
    public async Task A_name_that_no_tunnel_has_is_an_error()
    {
        using ObservedTunnel tunnel = await ObservedTunnel.StartAsync("-d", _target.Address.Text);

        Assert.Equal(new ProcessOutcome(1, "", "spiped-net: no running tunnel is called nobody\n"), await tunnel.RunAsync("nobody"));
        Assert.Equal(0, (await tunnel.RunAsync(tunnel.Observed.Source.Text)).Status);
        Assert.Equal(0, (await tunnel.RunAsync($"{tunnel.Observed.Process.Id}")).Status);
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    private static long Number(JsonElement status, string name) => status.GetProperty(name).GetInt64();

    private static async Task FailAsync(ObservedTunnel tunnel)
    {
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.CountUntilEndAsync();
    }

    private static async Task<string> ReadUntilAsync(StreamReader lines, Func<string, bool> isIt)
    {
        string? line;
        while ((line = await Deadline.ForAsync(lines.ReadLineAsync(), "a line")) is not null)
        {
            if (isIt(line))
                return line;
        }

        throw new EndOfStreamException("it has ended");
    }
}
