using System.Net.Sockets;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>One encrypted connection without a listener: what spipe is. Its plain end is a socket for the caller.</summary>
public sealed class SenderPipe
{
    private SenderPipe(Socket plain, Task<ConnectionOutcome> completion)
    {
        Plain = plain;
        Completion = completion;
    }

    /// <summary>The caller's end of the plain side; the caller disposes it.</summary>
    public Socket Plain { get; }

    /// <summary>Completes when the connection has ended; never throws for what a network can do.</summary>
    public Task<ConnectionOutcome> Completion { get; }

    /// <summary>Looks up the target and starts to connect.</summary>
    /// <returns>The pipe, or one line that says which name cannot be looked up and why.</returns>
    public static async Task<(SenderPipe? Pipe, string? Error)> OpenAsync(
        ConnectionOptions options, SharedSecret secret, EventLoopGroup loops)
    {
        LookUpResult target = await TargetResolver.LookUpAsync(options.Target, CancellationToken.None);
        if (target.Error is not null)
            return (null, LookUpFailure.Explain(options.Target, target.Error, canWait: false));
        LookUpResult bind = options.Bind is null
            ? default
            : await TargetResolver.LookUpAsync(options.Bind, CancellationToken.None);
        if (bind.Error is not null)
            return (null, LookUpFailure.Explain(options.Bind!, bind.Error, canWait: false));

        var end = new SenderEnd(options, secret, () => target.EndPoints, bind.EndPoints?[0]);
        (int callers, int ours) = OpenPair();
        var completion = new TaskCompletionSource<ConnectionOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        EventLoop loop = loops.First;
        loop.Post(() => _ = RunAsync(new Connection(new StreamSocket(loop, ours), end), completion));
        return (new SenderPipe(new Socket(new SafeSocketHandle(callers, ownsHandle: true)), completion.Task), null);
    }

    private static async Task RunAsync(Connection connection, TaskCompletionSource<ConnectionOutcome> completion)
    {
        try
        {
            completion.SetResult(await connection.RunAsync());
        }
        catch (Exception failure)
        {
            completion.SetException(failure);
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
