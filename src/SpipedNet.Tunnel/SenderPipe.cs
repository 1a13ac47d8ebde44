using System.Net.Sockets;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>One encrypted connection without a listener: what spipe is. Its plain end is a socket for the caller.</summary>
public sealed class SenderPipe
{
    private readonly TaskCompletionSource<ConnectionOutcome> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly EventLoop _loop;
    private Connection? _connection; // the loop's

    private SenderPipe(EventLoop loop, SenderEnd end)
    {
        (int callers, int ours) = OpenPair();
        _loop = loop;
        Plain = new Socket(new SafeSocketHandle(callers, ownsHandle: true));
        loop.Post(() => _ = RunAsync(ours, end));
    }

    /// <summary>The caller's end of the plain side; the caller disposes it.</summary>
    public Socket Plain { get; }

    /// <summary>Completes when the connection has ended; never throws for what a network can do.</summary>
    public Task<ConnectionOutcome> Completion => _completion.Task;

    /// <summary>Looks up the target and starts to connect.</summary>
    /// <param name="options">Where to connect, and how.</param>
    /// <param name="secret">The key; the caller's, to be kept until the connection has ended.</param>
    /// <param name="loops">Where the connection lives.</param>
    /// <param name="progress">Hears of each step, of most of them on the loop.</param>
    /// <returns>The pipe, or one line that says which name cannot be looked up and why.</returns>
    public static async Task<(SenderPipe? Pipe, string? Error)> OpenAsync(
        ConnectionOptions options, SharedSecret secret, EventLoopGroup loops, SenderProgress? progress = null)
    {
        LookUpResult target = await TargetResolver.LookUpAsync(options.Target, CancellationToken.None);
        if (target.Failure is not null)
            return (null, target.Failure.Explain(options.Target, canWait: false));
        LookUpResult bind = options.Bind is null
            ? default
            : await TargetResolver.LookUpAsync(options.Bind, CancellationToken.None);
        if (bind.Failure is not null)
            return (null, bind.Failure.Explain(options.Bind!, canWait: false));

        progress?.Invoke(SenderStep.Resolve, string.Join(", ", target.EndPoints.Select(NativeAddress.Format)));
        var end = new SenderEnd(options, secret, () => target.EndPoints, bind.EndPoints?[0], progress);
        return (new SenderPipe(loops.First, end), null);
    }

    /// <summary>Ends the connection soon, with a reset, unless it has ended.</summary>
    public void Reset() => _loop.Post(() =>
    {
        if (!Completion.IsCompleted)
            _connection?.Cancel();
    });

    private async Task RunAsync(int plain, SenderEnd end)
    {
        try
        {
            _connection = new Connection(new StreamSocket(_loop, plain), end);
            _completion.SetResult(await _connection.RunAsync());
        }
        catch (Exception failure)
        {
            _completion.SetException(failure);
        }
    }

    // Ours does not block, because it lives on a loop; the caller's does, for its threads.
    private static unsafe (int Callers, int Ours) OpenPair()
    {
        int* pair = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) != 0)
            throw new InvalidOperationException($"socketpair: {Libc.LastError.Describe()}");
        Libc.SetNonBlocking(pair[1]);
        return (pair[0], pair[1]);
    }
}
