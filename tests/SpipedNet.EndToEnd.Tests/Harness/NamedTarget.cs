using System.Net;
using System.Text;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>Two targets at the same port of two addresses, either of which a name may lead to. Each says which it is.</summary>
internal sealed class NamedTarget : IDisposable
{
    public const string Name = "target.test";
    public const string FirstIp = "127.0.0.2";
    public const string SecondIp = "127.0.0.3";

    private readonly int _port = FreePort.Next();
    private readonly GreetingTarget _second;

    public NamedTarget()
    {
        First = Greet(FirstIp);
        _second = Greet(SecondIp);
    }

    public GreetingTarget First { get; }

    /// <summary>The target as a command line says it.</summary>
    public string Text => $"{Name}:{_port}";

    /// <summary>Starts a server's end by a command that ends with its name, with a way to look up names of its own.</summary>
    public TunnelEnd StartServer(TestDirectory directory, string[] command, string key, params string[] flags) =>
        TunnelEnd.Start(command, "-d", TestAddress.Unused(AddressKind.Tcp4, directory), Text, key, flags);

    /// <summary>Starts a client's end.</summary>
    public static async Task<TunnelEnd> StartClientAsync(TestDirectory directory, TunnelEnd server, string key)
    {
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, directory);
        TunnelEnd client = TunnelEnd.Start(Maker.Ours, "-e", source, server.Source.Text, key);
        await client.ListeningAsync();
        return client;
    }

    /// <summary>The address that a connection through the tunnel leads to.</summary>
    public static async Task<string> ReachedAsync(TunnelEnd client)
    {
        using Duplex connection = Duplex.Of(await client.Source.ConnectAsync());
        return Encoding.ASCII.GetString(await connection.ReceiveAsync(FirstIp.Length));
    }

    /// <summary>Waits until connections lead there.</summary>
    public static async Task MovedAsync(TunnelEnd client, string ip) =>
        await Deadline.UntilAsync(async () => await ReachedAsync(client) == ip, $"the tunnel leads to {ip}");

    public void Dispose()
    {
        First.Dispose();
        _second.Dispose();
    }

    private GreetingTarget Greet(string ip) => new(new Target(TestAddress.Tcp(IPAddress.Parse(ip), _port)), ip);
}
