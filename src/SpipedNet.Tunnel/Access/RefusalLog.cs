using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel.Access;

/// <summary>
/// Tells of connections that were refused. An episode begins with the first and ends when there was none for a while. Each
/// source has one line in it, up to 20 of them; at the end there is a line with the number of the others. So neither one
/// that knocks all day nor a crowd can fill the log. Thread-safe.
/// </summary>
internal sealed class RefusalLog(EventLoop loop, TimeSpan quiet, ILogger logger)
{
    private const int SourcesToName = 20;

    private readonly Lock _lock = new();
    private readonly HashSet<ulong?> _named = [];
    private int _untold;
    private bool _isEpisode;
    private bool _isAnyNew;

    /// <param name="peer">Who was refused, in words.</param>
    /// <param name="source">Whom that counts as.</param>
    public void Refused(string peer, ulong? source)
    {
        bool isFirst, isNamed;
        lock (_lock)
        {
            isFirst = !_isEpisode;
            _isEpisode = _isAnyNew = true;
            isNamed = _named.Count < SourcesToName && _named.Add(source);
            if (!isNamed)
                _untold++;
        }

        if (isFirst)
            loop.Post(WatchEpisode);
        if (isNamed)
            TunnelLog.Refused(logger, peer);
    }

    /// <summary>Ends the episode.</summary>
    public void TellRest()
    {
        int untold;
        lock (_lock)
        {
            (untold, _untold) = (_untold, 0);
            _isEpisode = false;
            _named.Clear();
        }

        if (untold > 0)
            TunnelLog.MoreRefused(logger, new ConnectionCount(untold));
    }

    private void WatchEpisode() => loop.After(quiet, () =>
    {
        bool goesOn;
        lock (_lock)
            (goesOn, _isAnyNew) = (_isAnyNew, false);
        if (goesOn)
            WatchEpisode();
        else
            TellRest();
    });
}
