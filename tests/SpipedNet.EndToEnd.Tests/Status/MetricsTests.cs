using System.Net;
using System.Net.Sockets;
using System.Text;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Status;

/// <summary>--metrics: what a scraper and a health check get, with stock spiped at the other end of the tunnel.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class MetricsTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;

    public MetricsTests() => _target = new EchoTarget(AddressKind.Tcp4, _directory);

    [Theory]
    [InlineData(AddressKind.Tcp4)]
    [InlineData(AddressKind.Tcp6)]
    [InlineData(AddressKind.Unix)]
    public async Task Promtool_has_nothing_to_say_against_what_is_told_over_TCP_and_UNIX_sockets(AddressKind kind)
    {
        TestAddress metrics = TestAddress.Unused(kind, _directory);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics);
        await UseAsync(tunnel);

        (int status, string text) = await GetAsync(metrics, "/metrics");

        Assert.Equal(200, status);
        Assert.Equal(new ProcessOutcome(0, "", ""), await TestProcess.RunAsync("promtool", ["check", "metrics"], text));
        Assert.Contains("\nspiped_net_connections_total{", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-e", "encrypted")]
    [InlineData("-d", "decrypted")]
    public async Task The_bytes_of_an_open_connection_are_told_at_either_end(string role, string direction)
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync(role, metrics);
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync(3333);

        await UntilToldAsync(metrics, $"spiped_net_bytes_total{{tunnel=\"{tunnel.Observed.Source}\",direction=\"{direction}\"}} 3333");
        await UntilToldAsync(metrics, $"spiped_net_connections_open{{tunnel=\"{tunnel.Observed.Source}\"}} 1");
    }

    [Fact]
    public async Task A_tunnel_that_drains_is_not_well_any_more()
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics);
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync();
        Assert.Equal((200, "ok\n"), await GetAsync(metrics, "/healthz"));

        tunnel.Observed.Process.Signal(ProcessTable.Terminate);

        await UntilAsync(metrics, "/healthz", (503, $"{tunnel.Observed.Source}: does not take connections\n"));
    }

    [Theory]
    [InlineData("-d")]
    [InlineData("-e")]
    public async Task A_target_that_is_gone_makes_it_unwell_for_who_asks_for_targets_until_it_is_back(string role)
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress gone = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync(role, metrics, gone.Text);
        Assert.Equal((200, "ok\n"), await GetAsync(metrics, "/healthz?targets"));
        using (Duplex failing = Duplex.Of(await tunnel.Client.Source.ConnectAsync()))
            await failing.CountUntilEndAsync();

        await UntilAsync(metrics, "/healthz?targets", (503, $"{tunnel.Observed.Source}: does not reach its target\n"));
        Assert.Equal((200, "ok\n"), await GetAsync(metrics, "/healthz"));
        using var back = new EchoTarget(new Target(gone));
        await UseAsync(tunnel);

        await UntilAsync(metrics, "/healthz?targets", (200, "ok\n"));
    }

    [Theory]
    [InlineData("GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n")]
    [InlineData("\u0016\u0003\u0001 a client of TLS\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("GET /metrics HTTP/1.1\r\nX: {8 KiB}\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large\r\n")]
    public async Task Other_requests_are_answered_with_what_is_wrong(string request, string answer)
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics);

        string got = await AskAsync(metrics, request.Replace("{8 KiB}", new string('x', 8192), StringComparison.Ordinal));

        Assert.StartsWith(answer, got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_gets_the_length_without_the_body()
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics);

        string got = await AskAsync(metrics, "HEAD /healthz HTTP/1.1\r\n\r\n");

        Assert.Contains("\r\nContent-Length: 3\r\n", got, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_that_connect_and_say_nothing_keep_no_scraper_and_no_client_out()
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics);
        Socket[] silent = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => metrics.ConnectAsync()));

        long start = Environment.TickCount64;
        Assert.Equal((200, "ok\n"), await GetAsync(metrics, "/healthz"));
        Assert.InRange(Environment.TickCount64 - start, 0, 3000);
        await UseAsync(tunnel);
        Array.ForEach(silent, socket => socket.Dispose());
    }

    [Fact]
    public async Task One_that_says_nothing_is_left_after_five_seconds()
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics);
        using Duplex silent = Duplex.Of(await metrics.ConnectAsync());

        long start = Environment.TickCount64;
        await Deadline.ForAsync(silent.CountUntilEndAsync(), "its end");

        Assert.InRange(Environment.TickCount64 - start, 4500, 15_000);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_an_error_at_the_start_that_names_the_option()
    {
        using var taken = new Target(AddressKind.Tcp4, _directory);

        ProcessOutcome outcome = await TestProcess.RunAsync(
            Programs.SpipedNet,
            [
                "-F", "-e", "-s", TestAddress.Unused(AddressKind.Tcp4, _directory).Text, "-t", "[127.0.0.1]:9", "-k", _directory.NewKey(),
                "--metrics", taken.Address.Text,
            ]);

        Assert.Equal(
            new ProcessOutcome(1, "", $"spiped-net: --metrics: cannot listen on {taken.Address}: address already in use; "
                + "another process listens there (ss -ltnp shows which)\n"),
            outcome);
    }

    [Fact]
    public async Task Before_a_name_can_be_looked_up_it_is_there_and_not_well()
    {
        TestAddress metrics = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd end = TunnelEnd.Start(
            Maker.Ours, "-e", source, "nowhere.invalid:1", _directory.NewKey(), "-D", "--metrics", metrics.Text);
        await end.Process.ErrorContainsAsync("waiting for it");

        Assert.Equal((503, $"{source}: does not take connections\n"), await GetAsync(metrics, "/healthz"));
    }

    [RootFact]
    public async Task A_port_that_needs_root_is_bound_before_the_user_changes()
    {
        TestAddress metrics = TestAddress.Tcp(IPAddress.Parse("127.0.3.7"), 464);
        using ObservedTunnel tunnel = await StartAsync("-d", metrics, flags: ["-u", "daemon:nogroup"]);

        Assert.Equal("1", ProcessTable.Status(tunnel.Observed.Process.Id, "Uid")[0]);
        Assert.Equal((200, "ok\n"), await GetAsync(metrics, "/healthz"));
    }

    [Fact]
    public async Task Without_it_there_is_a_socket_less_and_without_control_another()
    {
        using ObservedTunnel all = await StartAsync("-d", TestAddress.Unused(AddressKind.Tcp4, _directory));
        using ObservedTunnel control = await ObservedTunnel.StartAsync("-d", _target.Address.Text);
        using ObservedTunnel none = await ObservedTunnel.StartAsync("-d", _target.Address.Text, "--no-control");

        int[] sockets = [.. new[] { all, control, none }.Select(tunnel => ProcessTable.Sockets(tunnel.Observed.Process.Id))];
        Assert.Equal([sockets[2] + 2, sockets[2] + 1, sockets[2]], sockets);
    }

    public void Dispose()
    {
        _target.Dispose();
        _directory.Dispose();
    }

    private Task<ObservedTunnel> StartAsync(string role, TestAddress metrics, string? target = null, params string[] flags) =>
        ObservedTunnel.StartAsync(role, target ?? _target.Address.Text, ["--metrics", metrics.Text, .. flags]);

    private static async Task UseAsync(ObservedTunnel tunnel)
    {
        using Duplex connection = Duplex.Of(await tunnel.Client.Source.ConnectAsync());
        await connection.AssertEchoesAsync();
    }

    private static Task UntilToldAsync(TestAddress metrics, string line) => Deadline.UntilAsync(
        async () => (await GetAsync(metrics, "/metrics")).Body.Contains($"\n{line}\n", StringComparison.Ordinal), $"it tells {line}");

    private static Task UntilAsync(TestAddress metrics, string path, (int, string) expected) =>
        Deadline.UntilAsync(async () => await GetAsync(metrics, path) == expected, $"{path} says {expected}");

    // What any client of HTTP makes of it.
    private static async Task<(int Status, string Body)> GetAsync(TestAddress metrics, string path)
    {
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (_, _) => new NetworkStream(await metrics.ConnectAsync(), ownsSocket: true);
        using var client = new HttpClient(handler) { Timeout = Deadline.Usual };
        using HttpResponseMessage response = await client.GetAsync($"http://metrics{path}");
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<string> AskAsync(TestAddress metrics, string request)
    {
        using Duplex connection = Duplex.Of(await metrics.ConnectAsync());
        await connection.Output.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new StreamReader(connection.Input);
        return await Deadline.ForAsync(answer.ReadToEndAsync(), "an answer");
    }
}
