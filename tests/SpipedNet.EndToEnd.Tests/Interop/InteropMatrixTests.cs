using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Interop;

/// <summary>Every client program with every server program, every combination of flags and every kind of address.</summary>
public sealed class InteropMatrixTests
{
    // 1024 bytes fill one packet.
    private static readonly int[] Sizes = [0, 1, 1023, 1024, 1025, Exchange.MaxSize];

    private static readonly (string Client, string Server)[] AgreeingFlags =
        [("", ""), ("-f", ""), ("", "-f"), ("-f", "-f"), ("-g", "-g")];

    private static readonly (string Client, string Server)[] ContradictingFlags = [("-g", "-f"), ("-f", "-g")];

    public static TheoryData<ClientProgram, Maker, AddressKind, string, string> AgreeingCells => Cells(AgreeingFlags);

    public static TheoryData<ClientProgram, Maker, AddressKind, string, string> ContradictingCells =>
        Cells(ContradictingFlags);

    public static TheoryData<ClientProgram, Maker, AddressKind, string, string> WrongKeyCells =>
        Cells([("", ""), ("-f", "-f")]);

    [Theory]
    [MemberData(nameof(AgreeingCells))]
    public async Task Bytes_cross_both_ways_and_each_way_closes_alone(
        ClientProgram client, Maker server, AddressKind kind, string clientFlags, string serverFlags)
    {
        using InteropTunnel tunnel = await InteropTunnel.StartAsync(client, server, kind, (clientFlags, serverFlags));
        foreach (int size in Sizes)
        {
            foreach (ClosingOrder order in Enum.GetValues<ClosingOrder>())
                await ExchangeAsync(tunnel, size, order);
        }
    }

    [Theory]
    [MemberData(nameof(ContradictingCells))]
    public async Task A_required_forward_secrecy_that_the_peer_refuses_ends_the_connection(
        ClientProgram client, Maker server, AddressKind kind, string clientFlags, string serverFlags)
    {
        using InteropTunnel tunnel = await InteropTunnel.StartAsync(client, server, kind, (clientFlags, serverFlags));
        await AssertRefusedAsync(tunnel);
    }

    [Theory]
    [MemberData(nameof(WrongKeyCells))]
    public async Task Different_keys_end_the_connection(
        ClientProgram client, Maker server, AddressKind kind, string clientFlags, string serverFlags)
    {
        using InteropTunnel tunnel = await InteropTunnel.StartAsync(
            client, server, kind, (clientFlags, serverFlags), isSameKey: false);
        await AssertRefusedAsync(tunnel);
    }

    private static async Task ExchangeAsync(InteropTunnel tunnel, int size, ClosingOrder order)
    {
        try
        {
            using InteropClient client = await tunnel.ConnectAsync();
            await Exchange.RunAsync(
                client, () => Deadline.ForAsync(tunnel.Target.AcceptAsync(), "a connection"), size, order);
            await client.AssertStatusAsync(0);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{size} bytes, {order}: {e.Message}; {tunnel.Errors}", e);
        }
    }

    /// <summary>The client's connection ends, and no byte has come out at either side.</summary>
    private static async Task AssertRefusedAsync(InteropTunnel tunnel)
    {
        using InteropClient client = await tunnel.ConnectAsync();
        Task sending = client.Connection.Output.WriteAsync(new byte[2000]).AsTask();
        int received = await Deadline.ForAsync(client.Connection.CountUntilEndAsync(), "the end of the connection");
        Assert.Equal(0, received);
        await client.AssertStatusAsync(1);
        tunnel.Kill();
        while (tunnel.Target.HasPending)
        {
            using Duplex accepted = await tunnel.Target.AcceptAsync();
            Assert.Equal(0, await accepted.CountUntilEndAsync());
        }
        await Record.ExceptionAsync(() => sending); // whether the write still succeeds is a matter of chance
    }

    private static TheoryData<ClientProgram, Maker, AddressKind, string, string> Cells((string, string)[] flags)
    {
        var cells = new TheoryData<ClientProgram, Maker, AddressKind, string, string>();
        foreach (ClientProgram client in Enum.GetValues<ClientProgram>())
            foreach (Maker server in Enum.GetValues<Maker>())
                foreach (AddressKind kind in Enum.GetValues<AddressKind>())
                    foreach ((string clientFlags, string serverFlags) in flags)
                        cells.Add(client, server, kind, clientFlags, serverFlags);
        return cells;
    }
}
