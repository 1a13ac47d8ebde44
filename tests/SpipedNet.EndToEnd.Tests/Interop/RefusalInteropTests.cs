using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Interop;

/// <summary>Ends that must not come together, of every client program with every server program.</summary>
public sealed class RefusalInteropTests
{
    [Theory]
    [MemberData(nameof(InteropCells.Contradicting), MemberType = typeof(InteropCells))]
    public async Task A_required_forward_secrecy_that_the_peer_refuses_ends_the_connection(
        ClientProgram client, Maker server, AddressKind kind, string clientFlags, string serverFlags)
    {
        using InteropTunnel tunnel = await InteropTunnel.StartAsync(client, server, kind, (clientFlags, serverFlags));
        await AssertRefusedAsync(tunnel);
    }

    [Theory]
    [MemberData(nameof(InteropCells.WithoutAndWithF), MemberType = typeof(InteropCells))]
    public async Task Different_keys_end_the_connection(
        ClientProgram client, Maker server, AddressKind kind, string clientFlags, string serverFlags)
    {
        using InteropTunnel tunnel = await InteropTunnel.StartAsync(
            client, server, kind, (clientFlags, serverFlags), isSameKey: false);
        await AssertRefusedAsync(tunnel);
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
}
