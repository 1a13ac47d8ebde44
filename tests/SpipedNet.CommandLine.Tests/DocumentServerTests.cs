using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using SpipedNet.Status;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

/// <summary>The control socket's server beside peers that do not behave.</summary>
public sealed class DocumentServerTests : IDisposable
{
    // More than a socket's buffers hold.
    private static readonly byte[] Document = new byte[8 << 20];

    private readonly TemporaryDirectory _directory = new();
    private readonly EventLoopGroup _loops = new(1);
    private readonly UnixDomainSocketEndPoint _endPoint;
    private readonly DocumentServer _server;

    public DocumentServerTests()
    {
        string path = _directory["control.sock"];
        _endPoint = new UnixDomainSocketEndPoint(path);
        BoundSource bound = BoundSource.TryBind(TunnelAddress.Parse(path), _endPoint, out _)!;
        _server = new DocumentServer(_loops.First, bound.TakeDescriptor(), () => Document, NullLogger.Instance);
        _server.Start();
    }

    [Fact]
    public async Task Who_reads_gets_all_of_the_document_and_its_end() => Assert.Equal(Document.Length, await ReceiveAllAsync());

    [Fact]
    public async Task Twenty_that_do_not_read_hold_up_nobody_for_long_and_are_left()
    {
        Socket[] silent = [.. Enumerable.Range(0, 20).Select(_ => Connect())];

        Assert.Equal(Document.Length, await ReceiveAllAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        // The last ones are still waited for.
        Assert.All(silent[..16], socket => Assert.InRange(Drain(socket), 0, Document.Length - 1));
    }

    public void Dispose()
    {
        _server.Stop();
        _loops.Dispose();
        _directory.Dispose();
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(_endPoint);
        return socket;
    }

    private async Task<int> ReceiveAllAsync()
    {
        using Socket socket = Connect();
        return await Task.Run(() => Drain(socket));
    }

    private static int Drain(Socket socket)
    {
        byte[] buffer = new byte[64 << 10];
        int sum = 0, count;
        while ((count = socket.Receive(buffer)) > 0)
            sum += count;
        return sum;
    }
}
