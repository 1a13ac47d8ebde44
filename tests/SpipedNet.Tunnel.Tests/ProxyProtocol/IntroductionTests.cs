using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.ProxyProtocol;

namespace SpipedNet.Tunnel.Tests.ProxyProtocol;

/// <summary>What becomes of a connection whose header cannot be sent.</summary>
public sealed class IntroductionTests : IDisposable
{
    private readonly EventLoopGroup _loops = new(1);
    private readonly Socket _target = TestTunnel.Listen();

    public void Dispose()
    {
        _target.Dispose();
        _loops.Dispose();
    }

    [Fact]
    public async Task A_target_that_has_reset_already_is_heard_nevertheless()
    {
        (string? failure, IoResult word) = await RunAsync(async socket =>
        {
            using (Socket served = _target.Accept())
            {
                served.Send("!"u8);
                served.Close(0);
            }

            return (await Introduction.SendAsync(socket, ProxyVersion.V1, socket), socket.TryReceive(new byte[2]));
        });

        Assert.Null(failure);
        Assert.Equal(1, word.Count);
    }

    [Fact]
    public async Task After_any_other_error_the_target_gets_nothing_of_the_connection()
    {
        (string? failure, _) = await RunAsync(async socket =>
        {
            socket.Cancel();
            return (await Introduction.SendAsync(socket, ProxyVersion.V1, socket), default(IoResult));
        });

        Assert.Equal($"the PROXY header: {Errno.Cancelled.Describe()}", failure);
    }

    // On the loop, with a socket that is connected to the target.
    private async Task<T> RunAsync<T>(Func<StreamSocket, Task<T>> test)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loops.First.Post(() => _ = ConnectAsync());
        return await result.Task.WaitAsync(TimeSpan.FromSeconds(30));

        async Task ConnectAsync()
        {
            var scope = new SocketScope();
            ConnectResult connected = await TargetConnector.ConnectAsync(
                scope, _loops.First, [_target.LocalEndPoint!], bind: null, TimeSpan.FromSeconds(20));
            try
            {
                result.SetResult(await test(connected.Socket!));
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }

            scope.Close(isInOrder: false);
        }
    }
}
