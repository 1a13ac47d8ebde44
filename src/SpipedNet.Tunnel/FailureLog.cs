using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel;

/// <summary>
/// Tells of connections that failed in a way that comes in floods (strangers, a shortage): the first of each minute one by
/// one, the rest as a number, so that they cannot fill the log. Thread-safe.
/// </summary>
internal sealed class FailureLog(EventLoop loop, ILogger logger)
{
    private const int LinesPerMinute = 20;

    private readonly Lock _lock = new();
    private int _failures;

    public void Failed(string peer, string reason)
    {
        int failures;
        lock (_lock)
            failures = ++_failures;
        if (failures == 1)
            loop.Post(() => loop.After(TimeSpan.FromMinutes(1), TellRest));
        if (failures <= LinesPerMinute)
            TunnelLog.ConnectionFailed(logger, peer, reason);
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
}
