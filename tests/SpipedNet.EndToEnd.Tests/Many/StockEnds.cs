using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>What is at the other ends of a process of ours: stock spiped of either role, one key, an echo.</summary>
internal sealed class StockEnds : IDisposable
{
    private readonly List<IDisposable> _started = [];

    public StockEnds()
    {
        Target = new EchoTarget(AddressKind.Tcp4, Directory);
        Key = Directory.NewKey();
    }

    public TestDirectory Directory { get; } = new();

    public EchoTarget Target { get; }

    public string Key { get; }

    /// <summary>A sender's line, with stock spiped and the echo behind it.</summary>
    public async Task<(string Line, TestAddress Source)> LineAsync(string name, AddressKind kind = AddressKind.Tcp4)
    {
        TestAddress middle = await ServeAsync(Target.Address);
        TestAddress source = TestAddress.Unused(kind, Directory);
        return ($"{name}: -e -s {source} -t {middle} -k {Key}", source);
    }

    /// <summary>A receiver before a target; returns where it listens.</summary>
    public async Task<TestAddress> ServeAsync(TestAddress target)
    {
        TunnelEnd server = TunnelEnd.Start(Maker.Stock, "-d", TestAddress.Unused(AddressKind.Tcp4, Directory), target.Text, Key, "-n", "0");
        _started.Add(server);
        await server.ListeningAsync();
        return server.Source;
    }

    /// <summary>A sender to a receiver; returns where it listens.</summary>
    public async Task<TestAddress> DialAsync(TestAddress middle, string key)
    {
        TunnelEnd client = TunnelEnd.Start(Maker.Stock, "-e", TestAddress.Unused(AddressKind.Tcp4, Directory), middle.Text, key, "-n", "0");
        _started.Add(client);
        await client.ListeningAsync();
        return client.Source;
    }

    public void Dispose()
    {
        _started.ForEach(item => item.Dispose());
        Target.Dispose();
        Directory.Dispose();
    }
}
