using System.Net;
using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Peers;

/// <summary>--allow: who may connect, at either end, with a stock spiped at the other.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class AllowTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EchoTarget _target;
    private readonly string _key;
    private readonly List<TunnelEnd> _ends = [];

    public AllowTests()
    {
        _target = new EchoTarget(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    public void Dispose()
    {
        _ends.ForEach(end => end.Dispose());
        _target.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("-e", "127.0.0.0/31")]
    [InlineData("-e", "127.0.0.1")]
    [InlineData("-d", "127.0.0.0/31")]
    [InlineData("-d", "127.0.0.1")]
    public async Task Who_is_in_a_range_is_served_and_who_is_not_gets_a_reset_and_no_byte(string role, string range)
    {
        (TunnelEnd ours, TestAddress source) = await StartAsync(role, AddressKind.Tcp4, "--allow", "192.0.2.0/24", "--allow", range);

        await AssertServedAsync(source);
        await AssertRefusedAsync(ours.Source, IPAddress.Parse("127.0.0.2"));

        Assert.Equal(1, _target.Accepted);
        await AssertServedAsync(source);
    }

    [Fact]
    public async Task An_IPv6_range_allows_who_is_in_it()
    {
        (_, TestAddress source) = await StartAsync("-d", AddressKind.Tcp6, "--allow", "::1");

        await AssertServedAsync(source);
    }

    [Fact]
    public async Task An_IPv6_range_refuses_who_is_not_in_it()
    {
        (TunnelEnd ours, _) = await StartAsync("-d", AddressKind.Tcp6, "--allow", "2001:db8::/32", "--allow", "0.0.0.0/0");

        await AssertRefusedAsync(ours.Source, IPAddress.IPv6Loopback);
    }

    [Fact]
    public async Task An_IPv4_range_holds_at_an_IPv6_socket_that_takes_IPv4_too()
    {
        int port = FreePort.Next();
        TestAddress everywhere = TestAddress.Tcp(IPAddress.IPv6Any, port), here = TestAddress.Tcp(IPAddress.Loopback, port);
        await StartEndAsync(Maker.Ours, "-d", everywhere, _target.Address, "--allow", "127.0.0.1");
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        await StartEndAsync(Maker.Stock, "-e", source, here);

        await AssertServedAsync(source);
        await AssertRefusedAsync(here, IPAddress.Parse("127.0.0.2"));
    }

    [Fact]
    public async Task One_that_knocks_again_and_again_has_one_line_and_is_counted_at_the_end()
    {
        (TunnelEnd ours, _) = await StartAsync("-d", AddressKind.Tcp4, "--allow", "127.0.0.1");
        for (int i = 0; i < 30; i++)
            await AssertRefusedAsync(ours.Source, IPAddress.Parse("127.0.0.2"));
        ours.Process.Signal(ProcessTable.Terminate);

        string error = (await ours.Process.OutcomeAsync()).Error;
        Assert.Single(error.Split('\n'), line => line.Contains("refused a connection from [127.0.0.2]:", StringComparison.Ordinal));
        Assert.Contains("refused 29 connections more since then (--allow)", error, StringComparison.Ordinal);
    }

    // Our end has the role, the stock one is at its other side; the second of the two is where clients connect.
    private async Task<(TunnelEnd Ours, TestAddress Source)> StartAsync(string role, AddressKind kind, params string[] options)
    {
        TestAddress wire = TestAddress.Unused(role == "-d" ? kind : AddressKind.Tcp4, _directory);
        TestAddress source = TestAddress.Unused(role == "-e" ? kind : AddressKind.Tcp4, _directory);
        (Maker client, Maker server) = role == "-e" ? (Maker.Ours, Maker.Stock) : (Maker.Stock, Maker.Ours);
        TunnelEnd receiver = await StartEndAsync(server, "-d", wire, _target.Address, role == "-d" ? options : []);
        TunnelEnd sender = await StartEndAsync(client, "-e", source, wire, role == "-e" ? options : []);
        return (role == "-e" ? sender : receiver, source);
    }

    private async Task<TunnelEnd> StartEndAsync(Maker maker, string role, TestAddress source, TestAddress target, params string[] options)
    {
        TunnelEnd end = TunnelEnd.Start(maker, role, source, target.Text, _key, options);
        _ends.Add(end);
        await end.ListeningAsync();
        return end;
    }

    private static async Task AssertServedAsync(TestAddress source)
    {
        using Duplex client = Duplex.Of(await source.ConnectAsync());
        await client.AssertEchoesAsync();
    }

    private static async Task AssertRefusedAsync(TestAddress source, IPAddress from)
    {
        using Socket socket = source.NewSocket();
        socket.Bind(new IPEndPoint(from, 0));
        try
        {
            await socket.ConnectAsync(source.EndPoint);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return; // sooner than this end had looked
        }

        Assert.Equal(0, await Duplex.Of(socket).AssertResetAsync());
    }
}
