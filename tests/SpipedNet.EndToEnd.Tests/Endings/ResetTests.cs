using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Endings;

/// <summary>
/// A connection that is reset at one side, whatever the other is doing: it ends on both, gives back what it had, and all others
/// live (spiped#397).
/// </summary>
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class ResetTests
{
    public enum Situation
    {
        Idle,
        AfterTheClientsEnd,
        WhileTheTargetIsBlocked,
    }

    public static TheoryData<Situation> All => new(Enum.GetValues<Situation>());

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_reset_by_the_target_ends_that_connection_and_no_other(Situation situation)
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address);
        using Duplex other = Duplex.Of(await tunnel.Source.ConnectAsync());
        using Duplex otherAtTarget = await Deadline.ForAsync(target.AcceptAsync(), "the other connection");
        await AssertCarriesAsync(other, otherAtTarget);
        int[] sockets = [.. Ends(tunnel).Select(ProcessTable.Sockets)];
        using Duplex client = Duplex.Of(await tunnel.Source.ConnectAsync());
        Socket atTarget = await Deadline.ForAsync(target.AcceptSocketAsync(), "the connection");

        if (situation == Situation.AfterTheClientsEnd)
        {
            client.CloseOutput();
            Assert.Equal(0, await Deadline.ForAsync(atTarget.ReceiveAsync(new byte[1]), "the client's end"));
        }
        else if (situation == Situation.WhileTheTargetIsBlocked)
        {
            Block(atTarget);
        }

        atTarget.Close(0);

        await client.AssertResetAsync();
        client.Dispose();
        foreach ((int end, int before) in Ends(tunnel).Zip(sockets))
            await Deadline.UntilAsync(() => ProcessTable.Sockets(end) == before, $"{end} has {before} sockets again");
        await AssertCarriesAsync(other, otherAtTarget);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_by_one_side_ends_the_connection_although_the_other_does_not_read(bool isClientsReset)
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address);
        int[] sockets = [.. Ends(tunnel).Select(ProcessTable.Sockets)];
        using Socket client = await tunnel.Source.ConnectAsync();
        using Socket atTarget = await Deadline.ForAsync(target.AcceptSocketAsync(), "the connection");
        Socket resetting = isClientsReset ? client : atTarget;
        Block(resetting);

        resetting.Close(0);

        foreach ((int end, int before) in Ends(tunnel).Zip(sockets))
            await Deadline.UntilAsync(() => ProcessTable.Sockets(end) == before, $"{end} has {before} sockets again");
    }

    // Sends until no end takes more.
    private static void Block(Socket socket)
    {
        socket.Blocking = false;
        while (socket.Poll(TimeSpan.FromSeconds(0.3), SelectMode.SelectWrite))
            socket.Send(new byte[1 << 20], SocketFlags.None, out _);
    }

    private static int[] Ends(TunnelPair tunnel) => [tunnel.Client.Process.Id, tunnel.Server.Process.Id];

    private static async Task AssertCarriesAsync(Duplex from, Duplex to)
    {
        await from.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await to.ReceiveAsync(1));
    }
}
