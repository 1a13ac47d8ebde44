using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Peers;

/// <summary>--proxy-protocol: what the target hears of the client, and when. The other end is a stock spiped.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed partial class ProxyProtocolTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<IDisposable> _owned = [];
    private readonly string _key;
    private TunnelEnd _receiver = null!;

    public ProxyProtocolTests() => _key = _directory.NewKey();

    public void Dispose()
    {
        _owned.Reverse();
        _owned.ForEach(item => item.Dispose());
        _directory.Dispose();
    }

    [Theory]
    [InlineData(ReceiverProgram.HAProxy, "v1", AddressKind.Tcp4)]
    [InlineData(ReceiverProgram.HAProxy, "v1", AddressKind.Tcp6)]
    [InlineData(ReceiverProgram.HAProxy, "v2", AddressKind.Tcp4)]
    [InlineData(ReceiverProgram.HAProxy, "v2", AddressKind.Tcp6)]
    [InlineData(ReceiverProgram.Nginx, "v1", AddressKind.Tcp4)]
    [InlineData(ReceiverProgram.Nginx, "v1", AddressKind.Tcp6)]
    [InlineData(ReceiverProgram.Nginx, "v2", AddressKind.Tcp4)]
    [InlineData(ReceiverProgram.Nginx, "v2", AddressKind.Tcp6)]
    public async Task The_target_hears_who_has_connected_and_where(ReceiverProgram program, string version, AddressKind kind)
    {
        ProxyReceiver target = Own(await ProxyReceiver.StartAsync(program, AddressKind.Tcp4));
        TestAddress source = await StartAsync(kind, target.Address, version, "--log-level", "debug");

        string heard = await ProxyReceiver.AskAsync(source);

        var (wire, client) = ((IPEndPoint)_receiver.Source.EndPoint, Opened().Match(_receiver.Process.Error));
        Assert.Equal($"{client.Groups[1]} {client.Groups[2]} {wire.Address} {wire.Port}", heard);
    }

    [Theory]
    [InlineData(ReceiverProgram.HAProxy)]
    [InlineData(ReceiverProgram.Nginx)]
    public async Task A_target_at_a_UNIX_socket_hears_it_too(ReceiverProgram program)
    {
        ProxyReceiver target = Own(await ProxyReceiver.StartAsync(program, AddressKind.Unix));
        TestAddress source = await StartAsync(AddressKind.Tcp4, target.Address, "v2");

        string heard = await ProxyReceiver.AskAsync(source);

        Assert.StartsWith("127.0.0.1 ", heard, StringComparison.Ordinal);
        Assert.EndsWith($" 127.0.0.1 {_receiver.Source.Port}", heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReceiverProgram.HAProxy, "v1")]
    [InlineData(ReceiverProgram.HAProxy, "v2")]
    [InlineData(ReceiverProgram.Nginx, "v1")]
    [InlineData(ReceiverProgram.Nginx, "v2")]
    public async Task The_target_serves_a_client_of_a_UNIX_source_though_it_has_no_address(ReceiverProgram program, string version)
    {
        ProxyReceiver target = Own(await ProxyReceiver.StartAsync(program, AddressKind.Tcp4));
        TestAddress source = await StartAsync(AddressKind.Unix, target.Address, version);

        string heard = await ProxyReceiver.AskAsync(source);

        // HAProxy goes by its own connection then, nginx has nothing to say.
        Assert.Contains(program == ReceiverProgram.Nginx ? "   " : $"127.0.0.1 {target.Address.Port}", heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_a_UNIX_source_is_unknown()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        TestAddress source = await StartAsync(AddressKind.Unix, target.Address, "v1");
        using Duplex client = Duplex.Of(await source.ConnectAsync());

        using Duplex served = await AcceptAsync(target);
        Assert.Equal("PROXY UNKNOWN\r\n", await HeaderAsync(served));
    }

    [Fact]
    public async Task An_IPv4_client_of_an_IPv6_socket_is_one_of_IPv4()
    {
        int port = FreePort.Next();
        using var target = new Target(AddressKind.Tcp4, _directory);
        await StartReceiverAsync(TestAddress.Tcp(IPAddress.IPv6Any, port), target.Address, "v1");
        TestAddress source = await StartSenderAsync(TestAddress.Tcp(IPAddress.Loopback, port));

        using Duplex client = Duplex.Of(await source.ConnectAsync());
        using Duplex served = await AcceptAsync(target);
        Assert.Matches($@"^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ {port}\r\n$", await HeaderAsync(served));
    }

    [Fact]
    public async Task A_target_that_speaks_first_hears_it_from_a_silent_client()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        TestAddress source = await StartAsync(AddressKind.Tcp4, target.Address, "v1");
        using Duplex client = Duplex.Of(await source.ConnectAsync());

        using Duplex served = await AcceptAsync(target);
        Assert.StartsWith("PROXY TCP4 ", await HeaderAsync(served), StringComparison.Ordinal);
        await served.Output.WriteAsync("220 hello\r\n"u8.ToArray());

        Assert.Equal("220 hello\r\n"u8.ToArray(), await client.ReceiveAsync(11));
    }

    [Fact]
    public async Task A_client_that_ends_its_direction_at_once_gets_its_answer()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        TestAddress source = await StartAsync(AddressKind.Tcp4, target.Address, "v1");
        using Duplex client = Duplex.Of(await source.ConnectAsync());
        await client.SendAllAsync("question"u8.ToArray());

        using Duplex served = await AcceptAsync(target);
        await HeaderAsync(served);
        Assert.Equal("question"u8.ToArray(), await served.ReceiveAsync(8));
        Assert.Equal(0, await served.CountUntilEndAsync());
        await served.SendAllAsync("answer"u8.ToArray());

        Assert.Equal("answer"u8.ToArray(), await client.ReceiveAsync(6));
    }

    [Fact]
    public async Task With_early_connect_the_target_hears_of_whoever_connects()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        await StartAsync(AddressKind.Tcp4, target.Address, "v1", "--early-connect");
        using Socket stranger = await _receiver.Source.ConnectAsync();

        using Duplex served = await AcceptAsync(target);
        var (from, to) = ((IPEndPoint)stranger.LocalEndPoint!, (IPEndPoint)stranger.RemoteEndPoint!);
        Assert.Equal($"PROXY TCP4 {from.Address} {to.Address} {from.Port} {to.Port}\r\n", await HeaderAsync(served));
    }

    [Fact]
    public async Task With_early_connect_the_clients_bytes_follow_one_header()
    {
        using var target = new Target(AddressKind.Tcp4, _directory);
        TestAddress source = await StartAsync(AddressKind.Tcp4, target.Address, "v1", "--early-connect");
        using Duplex client = Duplex.Of(await source.ConnectAsync());
        await client.SendAllAsync("question"u8.ToArray());

        using Duplex served = await AcceptAsync(target);
        await HeaderAsync(served);
        Assert.Equal("question"u8.ToArray(), await served.ReceiveAsync(8));
        Assert.Equal(0, await served.CountUntilEndAsync());
    }

    private async Task<TestAddress> StartAsync(AddressKind kind, TestAddress target, string version, params string[] options)
    {
        TestAddress wire = TestAddress.Unused(kind, _directory);
        await StartReceiverAsync(wire, target, version, options);
        return await StartSenderAsync(wire);
    }

    private async Task StartReceiverAsync(TestAddress wire, TestAddress target, string version, params string[] options)
    {
        _receiver = Own(TunnelEnd.Start(Maker.Ours, "-d", wire, target.Text, _key, ["--proxy-protocol", version, .. options]));
        await _receiver.ListeningAsync();
    }

    private async Task<TestAddress> StartSenderAsync(TestAddress wire)
    {
        TunnelEnd sender = Own(TunnelEnd.Start(Maker.Stock, "-e", TestAddress.Unused(AddressKind.Tcp4, _directory), wire.Text, _key));
        await sender.ListeningAsync();
        return sender.Source;
    }

    private static Task<Duplex> AcceptAsync(Target target) => Deadline.ForAsync(target.AcceptAsync(), "a connection to the target");

    private static async Task<string> HeaderAsync(Duplex served)
    {
        var header = new StringBuilder();
        while (header.Length == 0 || header[^1] != '\n')
            header.Append((char)(await served.ReceiveAsync(1))[0]);
        return header.ToString();
    }

    private T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Add(item);
        return item;
    }

    [GeneratedRegex(@"connection from \[(.*)\]:(\d+) opened")]
    private static partial Regex Opened();
}
