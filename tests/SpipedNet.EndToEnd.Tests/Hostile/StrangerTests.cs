using System.Net.Sockets;
using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>Peers that have no key.</summary>
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class StrangerTests : IDisposable
{
    private const int HandshakeBytes = 32 + 288;

    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(HandshakeBytes)]
    public async Task Whoever_has_not_the_key_reaches_nothing_behind_the_tunnel(int garbage)
    {
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address);
        using Socket stranger = await tunnel.Middle.ConnectAsync();
        await stranger.SendAsync(RandomNumberGenerator.GetBytes(garbage));

        // A client that came later has been served: the stranger's turn has been before.
        using Duplex client = Duplex.Of(await tunnel.Source.ConnectAsync());
        await client.AssertEchoesAsync();

        Assert.Equal(1, target.Accepted);
    }

    [Fact]
    public async Task A_silent_peer_takes_no_place_of_those_who_have_the_key()
    {
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", "1", "-o", "60");
        using Socket stranger = await tunnel.Middle.ConnectAsync();

        using Duplex client = Duplex.Of(await tunnel.Source.ConnectAsync());
        await client.AssertEchoesAsync();
    }
}
