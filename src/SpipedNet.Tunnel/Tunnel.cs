using System.Net;
using Microsoft.Extensions.Logging;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.Targets;

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
    private readonly AccessList _access = new(options.Allow, loops.First, logger);
    private TargetResolver[] _targets = [];
    private TargetResolver[] _sentinels = [];
    private CheckedTargets? _checkedTargets;
    private TunnelEnd? _end;
    private BoundSource? _bound;
    private Listener? _listener;

    /// <summary>Where connections go, in words; null when no choice is made.</summary>
    public string? Choice => _checkedTargets?.Description;

    /// <summary>How many connections are open now; a receiver's count once the client has proved its key.</summary>
    public int OpenConnections => _admission.Taken;

    /// <summary>How many connections <c>--allow</c> has refused.</summary>
    public long RefusedConnections => _access.Refused;

    /// <summary>Looks up the names, binds and listens; connections wait in the backlog until <see cref="Start"/>.</summary>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <param name="passed">The listening socket's descriptor, for a source that was passed; the tunnel's from now on.</param>
    /// <returns>Null, or why it is impossible. With <see cref="TunnelOptions.IsWaitingForNames"/> names are waited for.</returns>
    public async Task<TunnelStartError?> BindAsync(CancellationToken cancellation, int? passed = null)
    {
        if (options.Targets.FirstOrDefault(IsSource) is { } loop)
            return Loop(loop);
        LookUpResult source = options.Source.IsPassed ? default : await LookUpAsync(options.Source, cancellation);
        if (source.Failure is not null)
            return NotFound(options.Source, source.Failure);
        (_targets, TunnelStartError? unknown) = await ResolveAsync(options.Targets, cancellation);
        if (unknown is null)
            (_sentinels, unknown) = await ResolveAsync(options.TargetCheck?.Sentinels ?? [], cancellation);
        if (unknown is not null)
            return unknown;
        LookUpResult bind = options.Bind is null ? default : await LookUpAsync(options.Bind, cancellation);
        if (bind.Failure is not null)
            return NotFound(options.Bind!, bind.Failure);
        EndPoint? bindTo = bind.EndPoints?[0];
        // Who waits for names may wait for an interface as well.
        if (bindTo is not null && !options.IsWaitingForNames && LocalAddress.Check(options.Bind!, bindTo) is { } unusable)
            return new TunnelStartError(unusable);

        if (Listen(source, passed) is { } failure)
            return failure;
        if (options.TargetCheck is { } check)
        {
            var dial = new DialOptions(options, secret, loops, bindTo);
            _checkedTargets = new CheckedTargets(_targets, _sentinels, dial, check, _connections, logger);
        }

        PickTarget pick = _checkedTargets is null ? new TargetsInOrder(_targets).PickAsync : _checkedTargets.PickAsync;
        _end = options.Role == TunnelRole.Sender
            ? new SenderEnd(options, secret, pick, bindTo)
            : new ReceiverEnd(options, secret, pick, bindTo, _strangers!, _admission);
        return null;
    }

    /// <summary>Starts accepting connections.</summary>
    public void Start()
    {
        if (_bound is null)
            throw new InvalidOperationException("Bind first.");
        foreach (TargetResolver name in Resolvers)
            name.StartRefreshing(options.ResolveInterval);
        _checkedTargets?.Start();
        _listener = new Listener(_bound.TakeDescriptor(), options, loops, _connections, _admission, _strangers, _access, logger);
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
        foreach (TargetResolver name in Resolvers)
            name.Dispose();
        _checkedTargets?.Dispose();
        _listener?.Stop();
        _connections.CancelAll();
        _bound?.Dispose();
        _failureLog.TellRest();
        _access.TellRest();
    }

    private TunnelStartError? Listen(LookUpResult source, int? passed)
    {
        if (source.EndPoints?.Count > 1)
            TunnelLog.SeveralSourceAddresses(logger, options.Source, NativeAddress.Format(source.EndPoints[0]));
        _bound = options.Source.IsPassed
            ? BoundSource.TryAdopt(passed ?? throw new ArgumentNullException(nameof(passed)), out string? error)
            : BoundSource.TryBind(options.Source, source.EndPoints![0], out error);
        if (_bound is null)
            return new TunnelStartError(error!);
        return options.Allow.Count > 0 && !_bound.HasAddress
            ? new TunnelStartError($"{options.Source} is a UNIX socket, whose clients have no address for --allow")
            : null;
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

    private IEnumerable<TargetResolver> Resolvers => _targets.Concat(_sentinels);

    private async Task<(TargetResolver[] Resolvers, TunnelStartError? Error)> ResolveAsync(
        IReadOnlyList<TunnelAddress> addresses, CancellationToken cancellation)
    {
        var resolvers = new List<TargetResolver>();
        foreach (TunnelAddress address in addresses)
        {
            LookUpResult result = await LookUpAsync(address, cancellation);
            if (result.Failure is not null)
                return ([], NotFound(address, result.Failure));
            resolvers.Add(new TargetResolver(address, result.EndPoints, logger));
        }

        return ([.. resolvers], null);
    }

    private bool IsSource(TunnelAddress target) => options.Source is { HostName: null } source
        && target.HostName is null
        && (source.UnixPath, source.IPAddress, source.Port).Equals((target.UnixPath, target.IPAddress, target.Port));

    private static TunnelStartError Loop(TunnelAddress target) =>
        new($"the target {target} is the source itself, so each connection would come back without end; "
            + "name another target (-t)");

    private static TunnelStartError NotFound(TunnelAddress address, LookUpFailure failure) =>
        new(failure.Explain(address, canWait: true));
}
