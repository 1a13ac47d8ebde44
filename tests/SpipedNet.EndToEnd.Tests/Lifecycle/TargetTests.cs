using System.Net;
using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>A target that is not there: its clients are let go at once, and served when it comes.</summary>
public sealed class TargetTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    [Theory]
    [InlineData(AddressKind.Tcp4)]
    [InlineData(AddressKind.Tcp6)]
    [InlineData(AddressKind.Unix)]
    public async Task A_target_that_comes_up_later_is_reached(AddressKind kind)
    {
        TestAddress address = TestAddress.Unused(kind, _directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, address);
        using (Duplex early = Duplex.Of(await tunnel.Source.ConnectAsync()))
            Assert.Equal(0, await Deadline.ForAsync(early.CountUntilEndAsync(), "the end of the early connection"));

        using var target = new EchoTarget(new Target(address));

        using Duplex late = Duplex.Of(await tunnel.Source.ConnectAsync());
        await late.AssertEchoesAsync();
    }

    [Theory]
    [InlineData("-e")]
    [InlineData("-d")]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task Of_several_targets_the_first_that_answers_is_taken(string role)
    {
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using var last = new EchoTarget(AddressKind.Tcp4, _directory);
        string key = _directory.NewKey();
        using TunnelEnd server = StartEnd("-d", [.. role == "-d" ? new[] { nobody } : [], target.Address, last.Address]);
        using TunnelEnd client = StartEnd("-e", [.. role == "-e" ? new[] { nobody } : [], server.Source]);
        await server.ListeningAsync();
        await client.ListeningAsync();

        using Duplex connection = Duplex.Of(await client.Source.ConnectAsync());

        await connection.AssertEchoesAsync();
        Assert.Equal(0, last.Accepted);

        TunnelEnd StartEnd(string role, TestAddress[] targets) => TunnelEnd.Start(
            Maker.Ours, role, TestAddress.Unused(AddressKind.Tcp4, _directory), targets[0].Text, key,
            targets.Skip(1).SelectMany(target => new[] { "-t", target.Text }));
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_client_whose_server_end_refuses_is_reset()
    {
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, _directory);
        // Held to the timeout, the client would wait for longer than this test does.
        using TunnelEnd end = TunnelEnd.Start(
            Maker.Ours, "-e", source, nobody.Text, _directory.NewKey(), "-o", "600");
        await end.ListeningAsync();

        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => ConnectAndReceiveAsync(source));

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await end.Process.ErrorContainsAsync(nobody.Text);
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_client_is_reset_through_both_ends_when_the_target_behind_them_refuses()
    {
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, nobody, "-o", "600");

        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => ConnectAndReceiveAsync(tunnel.Source));

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await tunnel.Server.Process.ErrorContainsAsync(nobody.Text);
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_client_whose_target_does_not_answer_is_reset_after_the_timeout()
    {
        using var full = new FullBacklog();
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd end = TunnelEnd.Start(
            Maker.Ours, "-e", source, full.Address.Text, _directory.NewKey(), "-o", "0.5");
        await end.ListeningAsync();

        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => ConnectAndReceiveAsync(source));

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await end.Process.ErrorContainsAsync(full.Address.Text);
    }

    public void Dispose() => _directory.Dispose();

    // The reset may come before connect has returned.
    private static async Task ConnectAndReceiveAsync(TestAddress source)
    {
        using Socket socket = await source.ConnectAsync();
        await Deadline.ForAsync(socket.ReceiveAsync(new byte[1]), "the reset");
    }

    /// <summary>An address that takes connections in no more: the kernel drops their first packets.</summary>
    private sealed class FullBacklog : IDisposable
    {
        private readonly List<Socket> _waiting = [];
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public FullBacklog()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            var address = (IPEndPoint)_listener.LocalEndPoint!;
            Address = TestAddress.Tcp(address.Address, address.Port);
            for (int i = 0; i < 4; i++)
            {
                Socket client = Address.NewSocket();
                _ = client.ConnectAsync(Address.EndPoint);
                _waiting.Add(client);
            }
        }

        public TestAddress Address { get; }

        public void Dispose()
        {
            _waiting.ForEach(client => client.Dispose());
            _listener.Dispose();
        }
    }
}
