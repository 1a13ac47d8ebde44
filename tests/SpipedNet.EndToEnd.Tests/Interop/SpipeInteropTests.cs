using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Interop;

/// <summary>spipe at the client's end, ours or stock, with every server program.</summary>
public sealed class SpipeInteropTests
{
    [Theory]
    [MemberData(nameof(InteropCells.OfSpipe), MemberType = typeof(InteropCells))]
    public Task Bytes_cross_both_ways_and_each_way_closes_alone(
        ClientProgram client, Maker server, AddressKind kind, string clientFlags, string serverFlags) =>
        Exchange.RunAllAsync(client, server, kind, (clientFlags, serverFlags));
}
