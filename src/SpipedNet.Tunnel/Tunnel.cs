using System.Net;
using Microsoft.Extensions.Logging;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>Why a tunnel could not start: one line that says what failed, on which address, and what to do.</summary>
internal sealed record TunnelStartError(string Message);

/// <summary>
/// One tunnel: bind, start, drain, dispose, in this order. Binding and starting are apart so that a daemon can drop its
/// privileges in between.
/// </summary>
internal sealed class Tunnel(TunnelOptions options, SharedSecret secret, EventLoopGroup loops, ILogger<Tunnel> logger) : IDisposable
{
    private static readonly TimeSpan NameRetry = TimeSpan.FromSeconds(1);

    private readonly ConnectionSet _connections = new();
    private readonly Admission _admission = new(options.MaxConnections);
    private readonly Strangers? _strangers = options.Role == TunnelRole.Receiver ? Strangers.Within(options) : null;
    private readonly FailureLog _failureLog = new(loops.First, logger);
    private TargetResolver? _resolver;
    private TunnelEnd? _end;
    private BoundSource? _bound;
    private Listener? _listener;

    /// <summary>How many connections are open now; a receiver's count once the client has proved its key.</summary>
    public int OpenConnections => _admission.Taken;

    /// <summary>Looks up the names, binds and listens; connections wait in the backlog until <see cref="Start"/>.</summary>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <param name="passed">The listening socket's descriptor, for a source that was passed; the tunnel's from now on.</param>
    /// <returns>Null, or why it is impossible. With <see cref="TunnelOptions.IsWaitingForNames"/> names are waited for.</returns>
    public async Task<TunnelStartError?> BindAsync(CancellationToken cancellation, int? passed = null)
    {
        if (IsItsOwnTarget)
            return Loop(options.Target);
        LookUpResult source = options.Source.IsPassed ? default : await LookUpAsync(options.Source, cancellation);
        if (source.Failure is not null)
            return NotFound(options.Source, source.Failure);
        LookUpResult target = await LookUpAsync(options.Target, cancellation);
        if (target.Failure is not null)
            return NotFound(options.Target, target.Failure);
        LookUpResult bind = options.Bind is null ? default : await LookUpAsync(options.Bind, cancellation);
        if (bind.Failure is not null)
            return NotFound(options.Bind!, bind.Failure);
        EndPoint? bindTo = bind.EndPoints?[0];
        // Who waits for names may wait for an interface as well.
        if (bindTo is not null && !options.IsWaitingForNames && LocalAddress.Check(options.Bind!, bindTo) is { } unusable)
            return new TunnelStartError(unusable);

        if (source.EndPoints?.Count > 1)
            TunnelLog.SeveralSourceAddresses(logger, options.Source, NativeAddress.Format(source.EndPoints[0]));
        _bound = options.Source.IsPassed
            ? BoundSource.TryAdopt(passed ?? throw new ArgumentNullException(nameof(passed)), out string? error)
            : BoundSource.TryBind(options.Source, source.EndPoints![0], out error);
        if (_bound is null)
            return new TunnelStartError(error!);
        _resolver = new TargetResolver(options.Target, target.EndPoints, logger);
        _end = options.Role == TunnelRole.Sender
            ? new SenderEnd(options, secret, () => _resolver.Current, bindTo)
            : new ReceiverEnd(options, secret, () => _resolver.Current, bindTo, _strangers!, _admission);
        return null;
    }

    /// <summary>Starts accepting connections.</summary>
    public void Start()
    {
        if (_bound is null)
            throw new InvalidOperationException("Bind first.");
        if (options.ResolveInterval is { } interval)
            _resolver!.StartRefreshing(interval);
        _listener = new Listener(_bound.TakeDescriptor(), options, loops, _connections, _admission, _strangers, logger);
        _listener.Start((socket, place) => _ = RunConnectionAsync(socket, place));
    }

    /// <summary>Completes once every event loop, and on its loop what accepts connections, has shown that it still goes round.</summary>
    public Task RespondAsync() => Task.WhenAll(loops.RespondAsync(), _listener?.RespondAsync() ?? Task.CompletedTask);

    /// <summary>Stops accepting; completes when the last connection has ended, however long that takes.</summary>
    public async Task DrainAsync()
    {
        _listener?.Stop();
        _bound?.RemoveSocketFile();
        await _connections.WaitUntilEmptyAsync();
    }

    /// <summary>Stops accepting, and resets what is open.</summary>
    public void Dispose()
    {
        _resolver?.Dispose();
        _listener?.Stop();
        _connections.CancelAll();
        _bound?.Dispose();
        _failureLog.TellRest();
    }

    private async Task RunConnectionAsync(StreamSocket accepted, Place? place)
    {
        EventLoop loop = accepted.Loop;
        string peerName = accepted.Peer is null ? options.Source.Text : NativeAddress.Format(accepted.Peer);
        var connection = new Connection(accepted, _end!, place);
        _connections.Add(loop, connection);
        TunnelLog.ConnectionOpened(logger, peerName, _connections.Count);
        try
        {
            Report(peerName, await connection.RunAsync());
        }
        catch (Exception unexpected)
        {
            // A bug, or memory has run out: this connection is lost, the others are not.
            TunnelLog.ConnectionFaulted(logger, unexpected, peerName);
        }
        finally
        {
            loops.Release(loop);
            _connections.Remove(loop, connection);
        }
    }

    private void Report(string peer, ConnectionOutcome outcome)
    {
        bool isByStranger = outcome.End == ConnectionEnd.HandshakeFailed && options.Role == TunnelRole.Receiver;
        if (isByStranger || outcome.End == ConnectionEnd.Shortage)
            _failureLog.Failed(peer, outcome.Reason);
        else if (outcome.End is ConnectionEnd.TargetFailed or ConnectionEnd.HandshakeFailed or ConnectionEnd.LimitReached
            or ConnectionEnd.Corrupt or ConnectionEnd.RefusedByPeer)
            TunnelLog.ConnectionFailed(logger, peer, outcome.Reason);
        else if (outcome.End is ConnectionEnd.Broken or ConnectionEnd.Idle)
            TunnelLog.ConnectionBroke(logger, peer, outcome.Reason);
        TunnelLog.ConnectionEnded(logger, peer, outcome.End, outcome.BytesEncrypted, outcome.BytesDecrypted);
    }

    private async Task<LookUpResult> LookUpAsync(TunnelAddress address, CancellationToken cancellation)
    {
        LookUpResult result;
        bool isReported = false;
        while ((result = await TargetResolver.LookUpAsync(address, cancellation)).Failure is not null && options.IsWaitingForNames)
        {
            if (!isReported)
                TunnelLog.WaitingForName(logger, address, result.Failure.Reason);
            isReported = true;
            await Task.Delay(NameRetry, cancellation);
        }

        return result;
    }

    private bool IsItsOwnTarget => options.Source is { HostName: null } source
        && options.Target is { HostName: null } target
        && (source.UnixPath, source.IPAddress, source.Port).Equals((target.UnixPath, target.IPAddress, target.Port));

    private static TunnelStartError Loop(TunnelAddress target) =>
        new($"the target {target} is the source itself, so each connection would come back without end; "
            + "name another target (-t)");

    private static TunnelStartError NotFound(TunnelAddress address, LookUpFailure failure) =>
        new(failure.Explain(address, canWait: true));
}
