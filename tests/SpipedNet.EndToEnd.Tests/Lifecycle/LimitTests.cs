using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>The limit of connections (<c>-n</c>): more than that wait, and are served when others end.</summary>
public sealed class LimitTests
{
    private const string Limit = "2";

    [Fact]
    public async Task A_connection_beyond_the_limit_is_served_when_another_ends()
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", Limit);
        Duplex first = await OpenAsync(tunnel);
        using Duplex second = await OpenAsync(tunnel);
        await first.AssertEchoesAsync();
        await second.AssertEchoesAsync();

        using Duplex third = await OpenAsync(tunnel);
        Task echoed = third.AssertEchoesAsync();
        await tunnel.Client.Process.ErrorContainsAsync("reached"); // in the words of both programs
        await second.AssertEchoesAsync();
        Assert.Equal(2, target.Accepted);
        Assert.False(echoed.IsCompleted);

        first.Dispose();
        await echoed;
        Assert.Equal(3, target.Accepted);
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task Reaching_the_limit_is_said_once_however_many_wait()
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-n", Limit);
        Duplex[] connections = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync(tunnel)));
        await tunnel.Client.Process.ErrorContainsAsync($"limit of {Limit} connections reached");

        await Task.WhenAll(connections.Select(EchoOnceAsync));

        await tunnel.Client.Process.ErrorContainsAsync("3 connections had to wait");
        Assert.Single(tunnel.Client.Process.Error.Split('\n'), line => line.Contains("reached", StringComparison.Ordinal));
    }

    private static async Task<Duplex> OpenAsync(TunnelPair tunnel) => Duplex.Of(await tunnel.Source.ConnectAsync());

    private static async Task EchoOnceAsync(Duplex connection)
    {
        using (connection)
            await connection.AssertEchoesAsync();
    }
}
