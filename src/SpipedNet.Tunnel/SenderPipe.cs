using System.Net;
using System.Net.Sockets;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel;

/// <summary>One encrypted connection without a listener: what spipe is. Its plain end is a socket for the caller.</summary>
internal sealed class SenderPipe
{
    private readonly TaskCompletionSource<ConnectionOutcome> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _peerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly EventLoopGroup _loops;
    private readonly EventLoop _loop;
    private Connection? _connection; // the loop's

    private SenderPipe(
        EventLoopGroup loops, ConnectionOptions options, TunnelKeys keys, IReadOnlyList<EndPoint> targets, EndPoint? bind,
        SenderProgress? progress)
    {
        (int callers, int ours) = OpenPair();
        _loops = loops;
        _loop = loops.Assign();
        Plain = new Socket(new SafeSocketHandle(callers, ownsHandle: true));
        var end = new SenderEnd(
            options, keys, (_, _) => new(new TargetPick(targets)), bind, progress, _peerEnded.SetResult);
        _loop.Post(() => _ = RunAsync(ours, end));
    }

    /// <summary>The caller's end of the plain side; the caller disposes it.</summary>
    public Socket Plain { get; }

    /// <summary>Completes when the connection has ended; never throws for what a network can do.</summary>
    public Task<ConnectionOutcome> Completion => _completion.Task;

    /// <summary>Completes when the other end has ended its direction in good order, and all that it sent is at the plain end.</summary>
    internal Task PeerEnded => _peerEnded.Task;

    /// <summary>Completes when nothing more will come: an end of the other's direction, or of the connection.</summary>
    internal Task Ending => Task.WhenAny(PeerEnded, Completion);

    /// <summary>Looks up the target and starts to connect.</summary>
    /// <param name="options">Where to connect, and how.</param>
    /// <param name="secret">The key; the caller's, to be kept until the connection has ended.</param>
    /// <param name="loops">Where the connection lives.</param>
    /// <param name="progress">Hears of each step, of most of them on the loop.</param>
    /// <param name="cancellation">Ends the look-ups, with an exception.</param>
    /// <returns>The pipe, or one line that says which name cannot be looked up and why.</returns>
    public static async Task<(SenderPipe? Pipe, string? Error)> OpenAsync(
        SenderPipeOptions options, SharedSecret secret, EventLoopGroup loops, SenderProgress? progress = null,
        CancellationToken cancellation = default)
    {
        LookUpResult target = await TargetResolver.LookUpAsync(options.Target, cancellation).ConfigureAwait(false);
        if (target.Failure is not null)
            return (null, target.Failure.Explain(options.Target, canWait: false));
        LookUpResult bind = options.Bind is null
            ? default
            : await TargetResolver.LookUpAsync(options.Bind, cancellation).ConfigureAwait(false);
        if (bind.Failure is not null)
            return (null, bind.Failure.Explain(options.Bind!, canWait: false));

        progress?.Invoke(SenderStep.Resolve, string.Join(", ", target.EndPoints.Select(NativeAddress.Format)));
        var keys = new TunnelKeys(KeyRing.Borrowing(secret));
        return (Open(options, keys, loops, target.EndPoints, bind.EndPoints?[0], progress), null);
    }

    /// <summary>Starts to connect to the first of some addresses that answers.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static SenderPipe Open(
        ConnectionOptions options, TunnelKeys keys, EventLoopGroup loops, IReadOnlyList<EndPoint> targets, EndPoint? bind,
        SenderProgress? progress) => new(loops, options, keys, targets, bind, progress);

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
        finally
        {
            _loops.Release(_loop);
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
