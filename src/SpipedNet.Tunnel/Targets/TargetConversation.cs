using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.ProxyProtocol;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnel.Targets;

/// <summary>
/// A connection for this process's own questions to a target, made as the tunnel's are: with a handshake at a sender,
/// plainly at a receiver.
/// </summary>
internal sealed class TargetConversation : IDisposable
{
    private readonly SenderPipe? _pipe;

    private readonly Socket _socket;

    private TargetConversation(Socket socket, SenderPipe? pipe, EndPoint endPoint) =>
        (_socket, _pipe, EndPoint, Redis) = (socket, pipe, endPoint, new RedisConversation(socket));

    /// <summary>The one of the target's addresses that it leads to.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The commands and answers of a target that is a Redis.</summary>
    public RedisConversation Redis { get; }

    /// <summary>Connects to the first of the addresses that answers, and shakes hands if it takes that.</summary>
    /// <param name="endPoints">The addresses, in order.</param>
    /// <param name="dial">How to connect.</param>
    /// <param name="cancellation">Gives up, with an exception.</param>
    /// <returns>The conversation, the caller's to dispose, or why there is none.</returns>
    public static Task<(TargetConversation? Conversation, string? Failure)> OpenAsync(
        IReadOnlyList<EndPoint> endPoints, DialOptions dial, CancellationToken cancellation) =>
        dial.Options.Role == TunnelRole.Sender
            ? OpenEncryptedAsync(endPoints, dial, cancellation)
            : OpenPlainAsync(endPoints, dial, cancellation);

    /// <summary>Ends the connection in order, and waits a moment for what the other end makes of it.</summary>
    /// <returns>Why the target cannot be reached from the other end; null when there is nothing to say against it.</returns>
    public async Task<string?> EndAsync(TimeSpan timeout)
    {
        if (_pipe is null)
            return null;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has ended already.
        }

        await Task.WhenAny(_pipe.Completion, Task.Delay(timeout)).ConfigureAwait(false);
        return _pipe.Completion.IsCompleted ? await WhyItEndedAsync(_pipe).ConfigureAwait(false) : null;
    }

    public void Dispose()
    {
        _pipe?.Reset();
        _socket.Dispose();
    }

    private static async Task<(TargetConversation? Conversation, string? Failure)> OpenEncryptedAsync(
        IReadOnlyList<EndPoint> endPoints, DialOptions dial, CancellationToken cancellation)
    {
        var shaken = new TaskCompletionSource<EndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        SenderPipe pipe = SenderPipe.Open(dial.Options, dial.Keys, dial.Loops, endPoints, dial.Bind, OnProgress);
        using (cancellation.UnsafeRegister(_ => pipe.Reset(), null))
            await Task.WhenAny(shaken.Task, pipe.Completion).ConfigureAwait(false);
        if (shaken.Task.IsCompleted && !cancellation.IsCancellationRequested)
            return (new TargetConversation(pipe.Plain, pipe, await shaken.Task.ConfigureAwait(false)), null);
        string? failure = await WhyItEndedAsync(pipe).ConfigureAwait(false);
        pipe.Reset();
        pipe.Plain.Dispose();
        cancellation.ThrowIfCancellationRequested();
        return (null, failure);

        void OnProgress(SenderStep step, string address)
        {
            if (step == SenderStep.Handshake)
                shaken.TrySetResult(endPoints.First(endPoint => NativeAddress.Format(endPoint) == address));
        }
    }

    // Null when it has ended in order.
    private static async Task<string?> WhyItEndedAsync(SenderPipe pipe)
    {
        ConnectionOutcome outcome = await pipe.Completion.ConfigureAwait(false);
        return outcome.Reason.Length == 0 ? null : outcome.Reason;
    }

    private static async Task<(TargetConversation? Conversation, string? Failure)> OpenPlainAsync(
        IReadOnlyList<EndPoint> endPoints, DialOptions dial, CancellationToken cancellation)
    {
        string? failure = "no address";
        foreach (EndPoint endPoint in endPoints)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(dial.Options.Timeout / endPoints.Count);
            (Socket? socket, failure) = await ConnectAsync(endPoint, dial, patience.Token).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (socket is not null)
                return (new TargetConversation(socket, pipe: null, endPoint), null);
        }

        return (null, failure);
    }

    // One that demands the header refuses who has none.
    private static async Task IntroduceAsync(Socket socket, ProxyVersion version, CancellationToken patience)
    {
        byte[] header = new byte[ProxyHeader.MaxLength];
        int length = ProxyHeader.WriteOwn(
            version, socket.LocalEndPoint as IPEndPoint, socket.RemoteEndPoint as IPEndPoint, header);
        await socket.SendAsync(header.AsMemory(0, length), patience).ConfigureAwait(false);
    }

    private static async Task<(Socket? Socket, string? Failure)> ConnectAsync(
        EndPoint endPoint, DialOptions dial, CancellationToken patience)
    {
        Socket? socket = null;
        try
        {
            ProtocolType protocol = endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
            if (dial.Bind is not null)
                socket.Bind(dial.Bind);
            await socket.ConnectAsync(endPoint, patience).ConfigureAwait(false);
            if (dial.Options.ProxyProtocol is { } version)
                await IntroduceAsync(socket, version, patience).ConfigureAwait(false);
            return (socket, null);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            return (null, failure is SocketException ? failure.Message.ToLowerInvariant() : "no answer to a connect");
        }
    }
}

/// <summary>What it takes to connect to a target as a tunnel does.</summary>
/// <param name="Options">The tunnel's.</param>
/// <param name="Keys">The tunnel's.</param>
/// <param name="Loops">Where its connections live.</param>
/// <param name="Bind">The local address, or null.</param>
internal sealed record DialOptions(TunnelOptions Options, TunnelKeys Keys, EventLoopGroup Loops, EndPoint? Bind)
{
    /// <summary>The same, to what is no target, and so is not told who its client is.</summary>
    public DialOptions WithoutProxyHeader => this with { Options = Options with { ProxyProtocol = null } };
}
