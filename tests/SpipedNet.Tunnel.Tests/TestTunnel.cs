using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Keys;

namespace SpipedNet.Tunnel.Tests;

/// <summary>A target, a receiver and a sender in this process, joined over loopback; each address is free when asked for.</summary>
internal sealed class TestTunnel : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public TestTunnel(EventLoopGroup? loops = null)
    {
        Loops = loops ?? Own(new EventLoopGroup(2));
        Target = Own(Listen());
    }

    public EventLoopGroup Loops { get; }

    /// <summary>The application behind the tunnel: accepts what the receiver dials.</summary>
    public Socket Target { get; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Starts a receiver in front of the target and a sender in front of it; returns where to connect.</summary>
    public async Task<IPEndPoint> StartAsync(int maxConnections = int.MaxValue)
    {
        IPEndPoint wire = await StartReceiverAsync(maxConnections: maxConnections);
        return await StartAsync(TunnelRole.Sender, wire, "key", int.MaxValue);
    }

    public Task<IPEndPoint> StartReceiverAsync(string key = "key", int maxConnections = int.MaxValue) =>
        StartAsync(TunnelRole.Receiver, (IPEndPoint)Target.LocalEndPoint!, key, maxConnections);

    public Task<IPEndPoint> StartSenderAsync(IPEndPoint wire, string key = "key", int maxConnections = int.MaxValue) =>
        StartAsync(TunnelRole.Sender, wire, key, maxConnections);

    /// <summary>Starts a sender whose wire leads to the target itself, which the test may leave unanswered.</summary>
    public Task<IPEndPoint> StartLoneSenderAsync(int maxConnections) =>
        StartSenderAsync((IPEndPoint)Target.LocalEndPoint!, maxConnections: maxConnections);

    /// <summary>The tunnels started so far.</summary>
    public List<Tunnel> Tunnels { get; } = [];

    public bool IsKeepAlive { get; init; } = true;

    public ILogger<Tunnel> Logger { get; init; } = NullLogger<Tunnel>.Instance;

    public void Dispose()
    {
        _owned.Reverse();
        _owned.ForEach(item => item.Dispose());
    }

    public static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        return listener;
    }

    public static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        return socket;
    }

    public static IPEndPoint FreeEndPoint()
    {
        using Socket probe = Listen();
        return (IPEndPoint)probe.LocalEndPoint!;
    }

    public static TunnelAddress Address(IPEndPoint endPoint) =>
        TunnelAddress.TryParse($"[{endPoint.Address}]:{endPoint.Port}", out TunnelAddress? address, out string? error)
            ? address
            : throw new ArgumentException(error);

    /// <summary>A tunnel that is neither bound nor started.</summary>
    public Tunnel New(TunnelOptions options, string key = "key")
    {
        var secret = Own(SharedSecret.FromKeyMaterial(System.Text.Encoding.ASCII.GetBytes(key)));
        Tunnel tunnel = Own(new Tunnel(options, new TunnelKeys(KeyRing.Borrowing(secret)), Loops, Logger));
        Tunnels.Add(tunnel);
        return tunnel;
    }

    /// <summary>Changes the options of the tunnels that are started.</summary>
    public Func<TunnelOptions, TunnelOptions> Options { get; init; } = options => options;

    private async Task<IPEndPoint> StartAsync(TunnelRole role, IPEndPoint target, string key, int maxConnections)
    {
        IPEndPoint source = FreeEndPoint();
        var options = new TunnelOptions
        {
            Role = role, Source = Address(source), Targets = [Address(target)], MaxConnections = maxConnections, Timeout = Timeout,
            IsKeepAlive = IsKeepAlive,
        };
        Tunnel tunnel = New(Options(options), key);
        Assert.Null(await tunnel.BindAsync(CancellationToken.None));
        tunnel.Start();
        return source;
    }

    private T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Add(item);
        return item;
    }
}
