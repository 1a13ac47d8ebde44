using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>A receiver of ours with a directory of keys, an echo behind it, and its clients.</summary>
internal sealed class KeyedEnds : IDisposable
{
    private readonly List<IDisposable> _started = [];

    public KeyedEnds()
    {
        Target = new EchoTarget(AddressKind.Tcp4, Directory);
        Keys = System.IO.Directory.CreateDirectory(Directory.File("clients")).FullName;
    }

    public TestDirectory Directory { get; } = new();

    public EchoTarget Target { get; }

    /// <summary>The directory of keys.</summary>
    public string Keys { get; }

    public TestAddress Unused() => TestAddress.Unused(AddressKind.Tcp4, Directory);

    /// <summary>Makes a key, there or in another directory; returns its path.</summary>
    public string Add(string name, string? directory = null)
    {
        string path = Path.Combine(directory ?? Keys, $"{name}.key");
        File.Move(Directory.NewKey(), path);
        return path;
    }

    /// <summary>Starts a receiver.</summary>
    public async Task<TunnelEnd> ServeAsync(string keys, params string[] flags)
    {
        TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", Unused(), Target.Address.Text, keys, flags);
        _started.Add(server);
        await server.ListeningAsync();
        return server;
    }

    /// <summary>Starts a sender with a copy of the key, as a host of its own has; returns where it listens.</summary>
    public async Task<TestAddress> DialAsync(TunnelEnd server, string key, Maker maker = Maker.Stock)
    {
        TunnelEnd client = TunnelEnd.Start(maker, "-e", Unused(), server.Source.Text, Directory.NewKey(File.ReadAllBytes(key)));
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
