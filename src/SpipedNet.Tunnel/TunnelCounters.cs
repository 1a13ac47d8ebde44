namespace SpipedNet.Tunnel;

/// <summary>
/// What a tunnel counts, once or twice a connection: bytes are counted by the pumps, and summed up when they are asked for
/// (<see cref="ConnectionSet.Carried"/>). Counts only grow. Thread-safe.
/// </summary>
internal sealed class TunnelCounters(TimeProvider? time = null)
{
    // A failure that nobody has tried to repeat says little about now.
    private static readonly TimeSpan FailureLife = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long[] _ended = new long[EndReasons.Count];
    private long _accepted;
    private long _lastHandshake; // in UTC ticks; 0 for never
    private volatile Failure? _lastError;
    private volatile Verdict? _verdict;

    /// <summary>Connections that were accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>When a handshake was last completed; null for never.</summary>
    public DateTimeOffset? LastHandshake =>
        Interlocked.Read(ref _lastHandshake) is > 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The last connection that failed otherwise than by its client's or its target's will.</summary>
    public ErrorStatus? LastError =>
        _lastError is { } failure ? new ErrorStatus(failure.At, $"connection from {failure.Peer}: {failure.Reason}") : null;

    /// <summary>How many have ended for each reason; those for which none has are left out.</summary>
    public IReadOnlyDictionary<string, long> Ended => Enum.GetValues<EndReason>()
        .Select(reason => (Word: reason.Word(), Count: Interlocked.Read(ref _ended[(int)reason])))
        .Where(ended => ended.Count > 0)
        .ToDictionary(ended => ended.Word, ended => ended.Count);

    /// <summary>A connection was accepted.</summary>
    public void Accept() => Interlocked.Increment(ref _accepted);

    /// <summary>A connection's handshake is done, and what has to be connected to is connected.</summary>
    public void Establish()
    {
        Interlocked.Exchange(ref _lastHandshake, _time.GetUtcNow().Ticks);
        // What the other end refuses afterwards, it may refuse again: only an answer tells otherwise.
        if (_verdict is not { End: ConnectionEnd.RefusedByPeer })
            _verdict = Verdict.Good;
    }

    /// <summary>A connection that has come ended at once.</summary>
    public void Refuse(EndReason reason)
    {
        Accept();
        End(reason);
    }

    /// <summary>A connection ended before there was anything to report of it.</summary>
    public void End(EndReason reason) => Interlocked.Increment(ref _ended[(int)reason]);

    /// <summary>A connection has ended.</summary>
    public void End(string peer, ConnectionOutcome outcome, TunnelRole role)
    {
        End(EndReasons.Of(outcome));
        if (IsError(outcome.End))
            _lastError = new Failure(_time.GetUtcNow(), peer, outcome.Reason);
        if (IsTargetsFailure(outcome.End, role))
            _verdict = new Verdict(outcome.End, _time.GetUtcNow());
        else if (outcome.BytesDecrypted > 0)
            _verdict = Verdict.Good;
    }

    /// <summary>Whether the target was reached when it was last tried; null when that was long ago, or never.</summary>
    /// <param name="isAnsweredSince">Whether an open connection that was established after a time has got an answer.</param>
    public bool? IsTargetReached(Func<DateTimeOffset, bool> isAnsweredSince) => _verdict switch
    {
        null => null,
        { End: null } => true,
        { End: ConnectionEnd.RefusedByPeer, At: var at } when isAnsweredSince(at) => true,
        { At: var at } => _time.GetUtcNow() - at < FailureLife ? false : null,
    };

    // Peers that reset and idle ones are everyday life.
    private static bool IsError(ConnectionEnd end) => end is ConnectionEnd.TargetFailed or ConnectionEnd.Shortage
        or ConnectionEnd.HandshakeFailed or ConnectionEnd.MadeRoom or ConnectionEnd.LimitReached or ConnectionEnd.RefusedByPeer
        or ConnectionEnd.Corrupt;

    // To a sender, the target is the other end, and what that has behind it.
    private static bool IsTargetsFailure(ConnectionEnd end, TunnelRole role) => end is ConnectionEnd.TargetFailed
        || role == TunnelRole.Sender && end is ConnectionEnd.HandshakeFailed or ConnectionEnd.RefusedByPeer;

    private sealed record Failure(DateTimeOffset At, string Peer, string Reason);

    private sealed record Verdict(ConnectionEnd? End, DateTimeOffset At)
    {
        public static readonly Verdict Good = new(End: null, default);
    }
}
