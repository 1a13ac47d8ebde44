using System.Net;
using Microsoft.Extensions.Logging;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.Interop;
using SpipedNet.Tunnel.Keys;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel;

/// <summary>Why a tunnel could not start: one line that says what failed, on which address, and what to do.</summary>
internal sealed record TunnelStartError(string Message);

/// <summary>
/// One tunnel: bind, start, drain, dispose, in this order. Binding and starting are apart so that a daemon can drop its
/// privileges in between.
/// </summary>
internal sealed class Tunnel(TunnelOptions options, TunnelKeys keys, EventLoopGroup loops, ILogger logger) : IDisposable
{
    private readonly ConnectionSet _connections = new();
    private readonly Admission _admission = new(options.MaxConnections);
    private readonly Strangers? _strangers = options.Role == TunnelRole.Receiver ? Strangers.Within(options) : null;
    private readonly TunnelCounters _counters = new();
    private readonly OutcomeLog _outcomeLog = new(loops.First, options.Role, logger);
    private readonly AccessList _access = new(options.Allow, loops.First, logger);
    private TargetResolver[] _targets = [];
    private TargetResolver[] _sentinels = [];
    private CheckedTargets? _checkedTargets;
    private TunnelEnd? _end;
    private BoundSource? _bound;
    private Listener? _listener;
    private DateTimeOffset? _startedAt;

    /// <summary>Its name among those of the process; null for the only one.</summary>
    public string? Name { get; init; }

    /// <summary>Where it listens, or will.</summary>
    public TunnelAddress Source => options.Source;

    /// <summary>Where connections go, in words; null when no choice is made.</summary>
    public string? Choice => _checkedTargets?.Description;

    /// <summary>How many connections are open now; a receiver's count once the client has proved its key.</summary>
    public int OpenConnections => _admission.Taken;

    /// <summary>Whether clients find its source, as they do not when the file of a UNIX socket was removed.</summary>
    public bool IsFound => _bound?.IsFound != false;

    /// <summary>Whether they do not, and would if it were bound once more.</summary>
    public bool IsToBindAnew => _bound is { IsFound: false, IsFree: true };

    /// <summary>What it is and has done by now. Costs what a look at each open connection costs.</summary>
    public TunnelStatus GetStatus()
    {
        Payload carried = _connections.Carried;
        int open = OpenConnections;
        return new TunnelStatus
        {
            Name = Name,
            Mode = options.Role == TunnelRole.Sender ? "encrypt" : "decrypt",
            Source = options.Source.Text,
            IsListening = _listener?.IsAccepting == true && IsFound,
            IsSourceFound = IsFound,
            Allowed = [.. options.Allow.Select(range => range.ToString())],
            ProxyProtocol = options.ProxyProtocol?.ToString().ToLowerInvariant(),
            Targets = [.. options.Targets.Select((target, i) => new TargetStatus(
                target.Text, _targets.Length == 0 ? [] : [.. _targets[i].Current.Select(NativeAddress.Format)]))],
            Choice = Choice,
            IsTargetReached = _checkedTargets is null
                ? _counters.IsTargetReached(_connections.IsAnyAnsweredSince)
                : _checkedTargets.IsAnyChosen,
            Keys = [.. keys.AllClients.Select(key => new KeyStatus(
                key.Name, key.Fingerprint, key.OpenConnections, key.TotalConnections, key.IsRevoked))],
            StartedAt = _startedAt,
            ConnectionsOpen = open,
            ConnectionsUnproven = _strangers is null ? 0 : Math.Max(0, _connections.Count - open),
            ConnectionsLimit = options.MaxConnections == int.MaxValue ? null : options.MaxConnections,
            ConnectionsTotal = _counters.Accepted,
            ConnectionsEnded = _counters.Ended,
            BytesEncrypted = carried.Encrypted,
            BytesDecrypted = carried.Decrypted,
            LastHandshakeAt = _counters.LastHandshake,
            LastError = _counters.LastError,
        };
    }

    /// <summary>Looks up the names, binds and listens; connections wait in the backlog until <see cref="Start"/>.</summary>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <param name="passed">The listening socket's descriptor, for a source that was passed; the tunnel's from now on.</param>
    /// <param name="predecessors">Tunnels whose place this one takes when it starts; one with the same source passes it on.</param>
    /// <returns>Null, or why it is impossible. With <see cref="TunnelOptions.IsWaitingForNames"/> names are waited for.</returns>
    public async Task<TunnelStartError?> BindAsync(
        CancellationToken cancellation, int? passed = null, IReadOnlyCollection<Tunnel>? predecessors = null)
    {
        var names = new StartNames(options, canWait: predecessors is null, logger);
        LookUpResult source = options.Source.IsPassed ? default : await names.LookUpAsync(options.Source, cancellation);
        if (source.Failure is not null)
            return names.NotFound(options.Source, source.Failure);
        (_targets, TunnelStartError? unknown) = await names.ResolveAsync(options.Targets, cancellation);
        if (unknown is null)
            (_sentinels, unknown) = await names.ResolveAsync(options.TargetCheck?.Sentinels ?? [], cancellation);
        if (unknown is not null)
            return unknown;
        LookUpResult bind = options.Bind is null ? default : await names.LookUpAsync(options.Bind, cancellation);
        if (bind.Failure is not null)
            return names.NotFound(options.Bind!, bind.Failure);
        EndPoint? bindTo = bind.EndPoints?[0];
        // Who waits for names may wait for an interface as well.
        if (bindTo is not null && !options.IsWaitingForNames && LocalAddress.Check(options.Bind!, bindTo) is { } unusable)
            return new TunnelStartError(unusable);

        if (Listen(source, passed, predecessors ?? []) is { } failure)
            return failure;
        if (options.TargetCheck is { } check)
        {
            var dial = new DialOptions(options, keys, loops, bindTo);
            _checkedTargets = new CheckedTargets(_targets, _sentinels, dial, check, _connections, logger);
        }

        PickTarget pick = _checkedTargets is null ? new TargetsInOrder(_targets).PickAsync : _checkedTargets.PickAsync;
        _end = options.Role == TunnelRole.Sender
            ? new SenderEnd(options, keys, pick, bindTo)
            : new ReceiverEnd(options, keys, pick, bindTo, _strangers!, _admission);
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
        _bound.Succeed();
        _listener = new Listener(
            _bound.TakeDescriptor(), options, loops, _connections, _admission, _strangers, _access, _counters, logger);
        _startedAt = DateTimeOffset.UtcNow;
        _listener.Start((socket, place) => _ = RunConnectionAsync(socket, place));
    }

    /// <summary>Has new connections made with these keys; the keys become the tunnel's.</summary>
    public void ReplaceKeys(KeyRing next)
    {
        KeyChange change = keys.Replace(next);
        if (!change.IsEmpty)
            TunnelLog.KeysReplaced(logger, change);
        EndRevoked(change.Revoked, options.Revocation);
    }

    /// <summary>Takes the keys from a draining tunnel that are in use no longer.</summary>
    /// <param name="others">The keys that are.</param>
    /// <param name="revocation">What becomes of their connections.</param>
    public void FollowKeys(KeyRing others, Revocation revocation)
    {
        IReadOnlyList<ClientKey> revoked = keys.Follow(others);
        if (revoked.Count > 0)
            TunnelLog.KeysReplaced(logger, new KeyChange([], revoked));
        EndRevoked(revoked, revocation);
        // With the key that it has they would be refused, again and again.
        if (revoked.Count > 0 && options.Role == TunnelRole.Sender)
            _checkedTargets?.Stop();
    }

    /// <summary>Completes once every event loop, and on its loop what accepts connections, has shown that it still goes round.</summary>
    public Task RespondAsync() => Task.WhenAll(loops.RespondAsync(), _listener?.RespondAsync() ?? Task.CompletedTask);

    /// <summary>Stops accepting; completes when nothing is accepted any more.</summary>
    public async Task StopAcceptingAsync()
    {
        if (_listener is not null)
            await _listener.StopAsync();
        _bound?.RemoveSocketFile();
    }

    /// <summary>Stops accepting; completes when the last connection has ended, however long that takes.</summary>
    public async Task DrainAsync()
    {
        await StopAcceptingAsync();
        await _connections.WaitUntilEmptyAsync();
    }

    /// <summary>Stops accepting, and resets what is open.</summary>
    public void Dispose()
    {
        foreach (TargetResolver name in Resolvers)
            name.Dispose();
        _checkedTargets?.Dispose();
        _ = _listener?.StopAsync();
        _connections.CancelAll();
        _bound?.Dispose();
        _outcomeLog.TellRest();
        _access.TellRest();
    }

    private void EndRevoked(IReadOnlyList<ClientKey> revoked, Revocation revocation)
    {
        if (revocation == Revocation.Close && _connections.Revoke() is > 0 and int closed)
            TunnelLog.RevokedReset(logger, new ConnectionCount(closed));
        else if (revoked.Sum(key => key.OpenConnections) is > 0 and int kept)
            TunnelLog.RevokedKept(logger, new ConnectionCount(kept));
    }

    private TunnelStartError? Listen(LookUpResult source, int? passed, IReadOnlyCollection<Tunnel> predecessors)
    {
        if (source.EndPoints?.Count > 1)
            TunnelLog.SeveralSourceAddresses(logger, options.Source, NativeAddress.Format(source.EndPoints[0]));
        string? error = null;
        _bound = options.Source.IsPassed
            ? InheritPassed(predecessors) ?? BoundSource.TryAdopt(passed ?? throw new ArgumentNullException(nameof(passed)), out error)
            : Inherit(source.EndPoints![0], predecessors) ?? BoundSource.TryBind(
                options.Source, source.EndPoints[0], out error,
                own: predecessors.Where(tunnel => tunnel is { _bound: not null, IsFound: true }).Select(tunnel => tunnel.Source).FirstOrDefault(options.Source.Overlaps));
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
        var connection = new Connection(accepted, _end!, place, _counters);
        _connections.Add(loop, connection);
        TunnelLog.ConnectionOpened(logger, peerName, _connections.Count);
        try
        {
            ConnectionOutcome outcome = await connection.RunAsync();
            string peer = connection.Key?.Name is { } name ? $"{peerName} (key {name})" : peerName;
            _counters.End(peer, outcome, options.Role);
            _outcomeLog.Tell(peer, outcome);
        }
        catch (Exception unexpected)
        {
            // A bug, or memory has run out: this connection is lost, the others are not.
            TunnelLog.ConnectionFaulted(logger, unexpected, peerName);
            _counters.End(EndReason.Fault);
        }
        finally
        {
            loops.Release(loop);
            _connections.Remove(loop, connection);
        }
    }

    private static BoundSource? Inherit(EndPoint source, IReadOnlyCollection<Tunnel> predecessors) =>
        predecessors.FirstOrDefault(tunnel => source.Equals(tunnel._bound?.EndPoint))?._bound!.TryShare();

    private static BoundSource? InheritPassed(IReadOnlyCollection<Tunnel> predecessors) =>
        predecessors.FirstOrDefault(tunnel => tunnel.Source.IsPassed)?._bound?.TryShare();

    private IEnumerable<TargetResolver> Resolvers => _targets.Concat(_sentinels);
}
