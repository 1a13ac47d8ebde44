using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel.Tests;

public sealed class TargetConnectorTests : IDisposable
{
    private readonly EventLoopGroup _loops = new(1);
    private readonly Socket _live = TestTunnel.Listen();

    public void Dispose()
    {
        _live.Dispose();
        _loops.Dispose();
    }

    [Fact]
    public async Task The_second_address_is_used_when_the_first_refuses()
    {
        string? error = await ConnectAsync([TestTunnel.FreeEndPoint(), _live.LocalEndPoint!], TimeSpan.FromSeconds(20));
        Assert.Null(error);
    }

    [Fact]
    public async Task The_second_address_is_used_when_the_first_never_answers()
    {
        using var silent = new SilentListener();
        string? error = await ConnectAsync([silent.EndPoint, _live.LocalEndPoint!], TimeSpan.FromSeconds(1));
        Assert.Null(error);
    }

    [Fact]
    public async Task A_target_that_never_answers_is_named_with_the_time_that_it_had()
    {
        using var silent = new SilentListener();
        string? error = await ConnectAsync([silent.EndPoint], TimeSpan.FromSeconds(0.2));
        Assert.Equal($"[127.0.0.1]:{silent.EndPoint.Port}: no answer within 0.2 s", error);
    }

    [Fact]
    public async Task A_target_that_refuses_is_named()
    {
        IPEndPoint nobody = TestTunnel.FreeEndPoint();
        Assert.Equal($"[127.0.0.1]:{nobody.Port}: connection refused", await ConnectAsync([nobody], TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_UNIX_socket_that_does_not_exist_is_named()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        string? error = await ConnectAsync([new UnixDomainSocketEndPoint(path)], TimeSpan.FromSeconds(20));
        Assert.Equal($"{path}: no such file or directory", error);
    }

    [Fact]
    public async Task A_target_that_says_something_and_resets_before_the_connect_is_noticed_is_heard()
    {
        var words = new TaskCompletionSource<(IoResult Word, IoResult End)>();
        _loops.First.Post(() => _ = RunAsync());
        (IoResult word, IoResult end) = await words.Task;

        Assert.Equal((1, Errno.ConnectionReset), (word.Count, end.Error));

        async Task RunAsync()
        {
            var scope = new SocketScope();
            ValueTask<ConnectResult> connecting = TargetConnector.ConnectAsync(
                scope, _loops.First, [_live.LocalEndPoint!], bind: null, TimeSpan.FromSeconds(20));
            // All on the loop's thread, which hears of its connect only afterwards.
            using (Socket target = _live.Accept())
            {
                target.Send("!"u8);
                target.Close(0);
            }

            ConnectResult result = await connecting;
            words.SetResult(result.Socket is { } socket ? (socket.TryReceive(new byte[2]), socket.TryReceive(new byte[2])) : default);
            scope.Close(isInOrder: false);
        }
    }

    private Task<string?> ConnectAsync(IReadOnlyList<EndPoint> targets, TimeSpan timeout)
    {
        var done = new TaskCompletionSource<string?>();
        _loops.First.Post(() => _ = RunAsync());
        return done.Task;

        async Task RunAsync()
        {
            var scope = new SocketScope();
            ConnectResult result = await TargetConnector.ConnectAsync(scope, _loops.First, targets, bind: null, timeout);
            scope.Close(isInOrder: true);
            done.SetResult(result.Error);
        }
    }

    /// <summary>A listener whose backlog is full: the kernel drops further SYNs, as a dead host does.</summary>
    private sealed class SilentListener : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public SilentListener()
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(0);
            EndPoint = (IPEndPoint)listener.LocalEndPoint!;
            _sockets.Add(listener);
            while (TryFill())
                continue;
        }

        public IPEndPoint EndPoint { get; }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

        private bool TryFill()
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(filler);
            return filler.ConnectAsync(EndPoint).Wait(TimeSpan.FromSeconds(0.3));
        }
    }
}
