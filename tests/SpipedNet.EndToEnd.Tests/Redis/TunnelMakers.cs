using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>The pairs of a client's and a server's end with at least one of ours.</summary>
internal sealed class TunnelMakers : TheoryData<Maker, Maker>
{
    public TunnelMakers()
    {
        Add(Maker.Ours, Maker.Ours);
        Add(Maker.Ours, Maker.Stock);
        Add(Maker.Stock, Maker.Ours);
    }
}
