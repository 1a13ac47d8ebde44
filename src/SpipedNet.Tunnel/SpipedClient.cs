using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>Connects to a server's end (<c>-d</c>) of spiped or spiped-net from within a program, without a daemon beside it.</summary>
public static class SpipedClient
{
    // The process's: a stream outlives whoever has made it, in a pool of connections most of all, and must not depend on an
    // owner of threads that is disposed before it. An idle loop is a thread that waits in the kernel.
    private static readonly Lazy<EventLoopGroup> Loops = new(() => new EventLoopGroup(Environment.ProcessorCount));

    /// <summary>Looks the address up, connects and shakes hands.</summary>
    /// <param name="address">Where the other end listens.</param>
    /// <param name="secret">The key; the caller's, needed until the task has completed and no longer.</param>
    /// <param name="options">How to connect; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up connecting; of no effect on the stream afterwards.</param>
    /// <returns>The stream, once the other end has proved that it has the key. Whether it reaches its target shows later.</returns>
    /// <exception cref="SpipedException">There is no connection; its error and message say why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<SpipedStream> ConnectAsync(
        TunnelAddress address, SharedSecret secret, SpipedClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(secret);
        SenderPipeOptions connection = (options ?? new SpipedClientOptions()).For(address);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(connection.Timeout, TimeSpan.Zero, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();

        var shaken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        SenderPipe pipe = await OpenAsync(connection, secret, shaken, cancellationToken).ConfigureAwait(false);
        var stream = new SpipedStream(pipe, address);
        try
        {
            using (cancellationToken.UnsafeRegister(_ => pipe.Reset(), null))
                await Task.WhenAny(shaken.Task, pipe.Completion).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return shaken.Task.IsCompleted
                ? stream
                : throw SpipedException.Of(address, await pipe.Completion.ConfigureAwait(false));
        }
        catch
        {
            // Also until the handshake has let go of the secret.
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<SenderPipe> OpenAsync(
        SenderPipeOptions options, SharedSecret secret, TaskCompletionSource shaken, CancellationToken cancellation)
    {
        // The system's own patience with its name servers may be longer.
        using var lookUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lookUp.CancelAfter(options.Timeout);
        try
        {
            (SenderPipe? pipe, string? error) =
                await SenderPipe.OpenAsync(options, secret, Loops.Value, OnProgress, lookUp.Token).ConfigureAwait(false);
            return pipe ?? throw new SpipedException(SpipedError.NameUnknown, error!);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SpipedException(
                SpipedError.TimedOut,
                $"cannot look up {options.Target}: no answer within {options.Timeout.TotalSeconds:0.###} s; "
                + "does a name server answer? see /etc/resolv.conf");
        }

        void OnProgress(SenderStep step, string address)
        {
            if (step == SenderStep.Handshake)
                shaken.SetResult();
        }
    }
}
