using System.Net;
using System.Net.Sockets;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>The server behind a tunnel, in this process: the test accepts its connections one by one.</summary>
internal sealed class Target : IDisposable
{
    private readonly Socket _listener;

    public Target(AddressKind kind, TestDirectory directory)
        : this(kind == AddressKind.Unix ? TestAddress.Unused(kind, directory) : AnyPort(kind))
    {
    }

    public Target(TestAddress address)
    {
        _listener = address.NewSocket();
        _listener.Bind(address.EndPoint);
        _listener.Listen(128);
        Address = _listener.LocalEndPoint is IPEndPoint tcp ? TestAddress.Tcp(tcp.Address, tcp.Port) : address;
    }

    public TestAddress Address { get; }

    /// <summary>Whether a connection waits to be accepted.</summary>
    public bool HasPending => _listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public async Task<Duplex> AcceptAsync(CancellationToken cancel = default) => Duplex.Of(await AcceptSocketAsync(cancel));

    public async Task<Socket> AcceptSocketAsync(CancellationToken cancel = default)
    {
        Socket socket = await _listener.AcceptAsync(cancel);
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
        return socket;
    }

    public void Dispose() => _listener.Dispose();

    private static TestAddress AnyPort(AddressKind kind) =>
        TestAddress.Tcp(kind == AddressKind.Tcp6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);
}
