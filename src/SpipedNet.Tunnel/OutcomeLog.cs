using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel;

/// <summary>
/// Tells of connections that have ended. Those that failed in a way that comes in floods (strangers, a shortage) are told one
/// by one only at the begin of each minute, the rest as a number, so that they cannot fill the log. Thread-safe.
/// </summary>
internal sealed class OutcomeLog(EventLoop loop, TunnelRole role, ILogger logger)
{
    private const int LinesPerMinute = 20;

    private readonly Lock _lock = new();
    private int _failures;

    /// <summary>Tells of one, as loudly as it deserves.</summary>
    /// <param name="peer">Who had connected.</param>
    /// <param name="outcome">How it ended.</param>
    public void Tell(string peer, ConnectionOutcome outcome)
    {
        bool isByStranger = outcome.End is ConnectionEnd.HandshakeFailed or ConnectionEnd.MadeRoom && role == TunnelRole.Receiver;
        if (isByStranger || outcome.End == ConnectionEnd.Shortage)
            TellOfFlood(peer, outcome.Reason);
        else if (outcome.End is ConnectionEnd.TargetFailed or ConnectionEnd.HandshakeFailed or ConnectionEnd.LimitReached
            or ConnectionEnd.Corrupt or ConnectionEnd.RefusedByPeer)
            TunnelLog.ConnectionFailed(logger, peer, outcome.Reason);
        else if (outcome.End is ConnectionEnd.Broken or ConnectionEnd.Idle)
            TunnelLog.ConnectionBroke(logger, peer, outcome.Reason);
        TunnelLog.ConnectionEnded(logger, peer, outcome.End, outcome.BytesEncrypted, outcome.BytesDecrypted);
    }

    /// <summary>Tells of those that were not told one by one.</summary>
    public void TellRest()
    {
        int untold;
        lock (_lock)
            (untold, _failures) = (_failures - LinesPerMinute, 0);
        if (untold > 0)
            TunnelLog.MoreFailed(logger, new ConnectionCount(untold));
    }

    private void TellOfFlood(string peer, string reason)
    {
        int failures;
        lock (_lock)
            failures = ++_failures;
        if (failures == 1)
            loop.Post(() => loop.After(TimeSpan.FromMinutes(1), TellRest));
        if (failures <= LinesPerMinute)
            TunnelLog.ConnectionFailed(logger, peer, reason);
    }
}
