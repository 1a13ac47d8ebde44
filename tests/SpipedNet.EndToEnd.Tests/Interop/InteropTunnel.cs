using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Interop;

/// <summary>What stands at the client's end of an interop cell.</summary>
public enum ClientProgram
{
    OurSpiped,
    StockSpiped,
    OurSpipe,
    StockSpipe,
}

/// <summary>
/// A tunnel whose ends may be of different makers, flags and keys. At the client's end stands a spiped that the test
/// connects to, or a spipe a connection, whose pipes the test holds.
/// </summary>
internal sealed class InteropTunnel : IDisposable
{
    private readonly TestDirectory _directory;
    private readonly TunnelEnd _server;
    private readonly TunnelEnd? _client;
    private readonly Func<TestProcess> _startSpipe;

    private InteropTunnel(
        TestDirectory directory, ClientProgram client, Maker server, AddressKind kind, (string, string) flags,
        (string Client, string Server) keys)
    {
        _directory = directory;
        string[] clientFlags = Split(flags.Item1);
        Target = new Target(kind, directory);
        TestAddress middle = TestAddress.Unused(kind, directory);
        _server = TunnelEnd.Start(server, "-d", middle, Target.Address.Text, keys.Server, Split(flags.Item2));
        string spipe = client == ClientProgram.OurSpipe ? Programs.SpipeNet : Programs.StockSpipe;
        _startSpipe = () => TestProcess.StartPipe(spipe, ["-t", middle.Text, "-k", keys.Client, .. clientFlags]);
        if (client is ClientProgram.OurSpipe or ClientProgram.StockSpipe)
            return;
        Maker maker = client == ClientProgram.OurSpiped ? Maker.Ours : Maker.Stock;
        TestAddress source = TestAddress.Unused(kind, directory);
        _client = TunnelEnd.Start(maker, "-e", source, middle.Text, keys.Client, clientFlags);
    }

    public Target Target { get; }

    /// <summary>What the ends have written to standard error, for a failure's message.</summary>
    public string Errors => $"server end: {_server.Process.Error}; client end: {_client?.Process.Error}";

    /// <summary>Starts the ends and waits until they listen.</summary>
    /// <param name="client">The client's end.</param>
    /// <param name="server">The server's end.</param>
    /// <param name="kind">The kind of all three addresses.</param>
    /// <param name="flags">The flags of the client's and of the server's end, separated by blanks.</param>
    /// <param name="isSameKey">Whether both ends have the same key.</param>
    public static async Task<InteropTunnel> StartAsync(
        ClientProgram client, Maker server, AddressKind kind, (string, string) flags, bool isSameKey = true)
    {
        var directory = new TestDirectory();
        string key = directory.NewKey();
        (string, string) keys = (key, isSameKey ? key : directory.NewKey());
        var tunnel = new InteropTunnel(directory, client, server, kind, flags, keys);
        try
        {
            await tunnel._server.ListeningAsync();
            if (tunnel._client is not null)
                await tunnel._client.ListeningAsync();
            return tunnel;
        }
        catch
        {
            tunnel.Dispose();
            throw;
        }
    }

    /// <summary>Makes a connection through the client's end.</summary>
    public async Task<InteropClient> ConnectAsync()
    {
        if (_client is not null)
            return new InteropClient(Duplex.Of(await _client.Source.ConnectAsync()), spipe: null);
        TestProcess spipe = _startSpipe();
        return new InteropClient(Duplex.Of(spipe), spipe);
    }

    /// <summary>Ends both ends at once.</summary>
    public void Kill()
    {
        _client?.Dispose();
        _server.Dispose();
    }

    public void Dispose()
    {
        Kill();
        Target.Dispose();
        _directory.Dispose();
    }

    private static string[] Split(string flags) => flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A connection through a tunnel as its client sees it, and the spipe that makes it, if one does.</summary>
internal sealed class InteropClient(Duplex connection, TestProcess? spipe) : IDisposable
{
    public Duplex Connection => connection;

    public bool IsSpipe => spipe is not null;

    /// <summary>Asserts that spipe, if there is one, ends with this status.</summary>
    public async Task AssertStatusAsync(int expected)
    {
        if (spipe is not null)
            Assert.Equal(expected, await spipe.ExitAsync());
    }

    public void Dispose()
    {
        connection.Dispose();
        spipe?.Dispose();
    }
}
