namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>Both ends of a tunnel over TCP: client → <see cref="Source"/> → <see cref="Middle"/> → target.</summary>
internal sealed class TunnelPair : IDisposable
{
    private readonly TestDirectory _directory = new();

    private TunnelPair(Maker client, Maker server, string target, IReadOnlyList<string> flags)
    {
        Key = _directory.NewKey();
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        Server = TunnelEnd.Start(server, "-d", middle, target, Key, flags);
        Client = TunnelEnd.Start(client, "-e", source, middle.Text, Key, flags);
    }

    public string Key { get; }

    /// <summary>Where clients connect.</summary>
    public TestAddress Source => Client.Source;

    /// <summary>Where the server end listens.</summary>
    public TestAddress Middle => Server.Source;

    /// <summary>The <c>-e</c> end.</summary>
    public TunnelEnd Client { get; }

    /// <summary>The <c>-d</c> end.</summary>
    public TunnelEnd Server { get; }

    /// <summary>Starts both ends with a new key and waits until they listen.</summary>
    public static async Task<TunnelPair> StartAsync(
        Maker client, Maker server, TestAddress target, params string[] flags)
    {
        var pair = new TunnelPair(client, server, target.Text, flags);
        try
        {
            await pair.Server.ListeningAsync();
            await pair.Client.ListeningAsync();
            return pair;
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _directory.Dispose();
    }
}
