using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;
using TunnelEnd = SpipedNet.EndToEnd.Tests.Harness.TunnelEnd;

namespace SpipedNet.EndToEnd.Tests.Client;

/// <summary>A <c>-d</c> end of either maker in front of a target, and what a client within the process needs to reach it.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TunnelEnd _end;
    private readonly SharedSecret _secret;

    private Receiver(Maker maker, TestAddress target)
    {
        KeyFile = _directory.NewKey();
        _secret = SharedSecret.FromKeyMaterial(File.ReadAllBytes(KeyFile));
        _end = TunnelEnd.Start(maker, "-d", TestAddress.Unused(AddressKind.Tcp4, _directory), target.Text, KeyFile);
    }

    public string KeyFile { get; }

    public TestAddress Source => _end.Source;

    public TunnelAddress Address => TunnelAddress.Parse(Source.Text);

    public SharedSecret Secret => _secret;

    public TestProcess Process => _end.Process;

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<Receiver> StartAsync(Maker maker, TestAddress target)
    {
        var receiver = new Receiver(maker, target);
        try
        {
            await receiver._end.ListeningAsync();
            return receiver;
        }
        catch
        {
            receiver.Dispose();
            throw;
        }
    }

    public Task<SpipedStream> ConnectAsync() => SpipedClient.ConnectAsync(Address, Secret);

    public void Dispose()
    {
        _end.Dispose();
        _secret.Dispose();
        _directory.Dispose();
    }
}
