using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Keys;

namespace SpipedNet.Tunnels;

/// <summary>
/// Tunnels whose place others have taken, or that were removed. Their connections go on until they end; what they have done
/// counts with the tunnel that has their name now. Not thread-safe.
/// </summary>
internal sealed class FormerTunnels
{
    // Of keys that come and go for years.
    private const int MostKeys = 4 * KeyFiles.MaxKeys;

    private readonly List<RunningTunnel> _draining = [];
    private readonly Dictionary<string, TunnelStatus> _ended = [];

    /// <summary>Those with connections.</summary>
    public IReadOnlyList<RunningTunnel> Draining => _draining;

    /// <summary>Takes those that are to drain.</summary>
    public void Add(IEnumerable<RunningTunnel> former) => _draining.AddRange(former);

    /// <summary>One's last connection has ended.</summary>
    public void End(RunningTunnel former)
    {
        _draining.Remove(former);
        TunnelStatus last = former.Tunnel.GetStatus().Former();
        TunnelStatus sum = _ended.TryGetValue(NameOf(former), out TunnelStatus? earlier) ? last.Plus(earlier) : last;
        _ended[NameOf(former)] = sum with { Keys = [.. sum.Keys.Take(MostKeys)] };
    }

    /// <summary>The status of all tunnels: those that run, with what belongs to their names, and those that were removed.</summary>
    public IReadOnlyList<TunnelStatus> Complete(IReadOnlyList<RunningTunnel> current)
    {
        ILookup<string, TunnelStatus> draining = _draining.ToLookup(NameOf, tunnel => tunnel.Tunnel.GetStatus().Former());
        var statuses = new List<TunnelStatus>(current.Count);
        foreach (RunningTunnel tunnel in current)
            statuses.Add(Sum(NameOf(tunnel), draining[NameOf(tunnel)].Prepend(tunnel.Tunnel.GetStatus())));
        // The last to be removed says what it was.
        foreach (IGrouping<string, TunnelStatus> removed in draining.ExceptBy(current.Select(NameOf), group => group.Key))
            statuses.Add(Sum(removed.Key, removed.Reverse()) with { IsRemoved = true });
        return statuses;
    }

    /// <summary>Forgets what tunnels have done of whose name there is none any more.</summary>
    public void Forget(IReadOnlyList<RunningTunnel> current)
    {
        HashSet<string> names = [.. current.Concat(_draining).Select(NameOf)];
        foreach (string name in _ended.Keys.Where(name => !names.Contains(name)).ToArray())
            _ended.Remove(name);
    }

    private TunnelStatus Sum(string name, IEnumerable<TunnelStatus> parts)
    {
        TunnelStatus[] generations = [.. parts];
        TunnelStatus sum = generations.Aggregate((now, former) => now.Plus(former));
        return (_ended.TryGetValue(name, out TunnelStatus? ended) ? sum.Plus(ended) : sum).WithKeysOf(generations[0]);
    }

    // A configuration's tunnels have names, and the command line's is alone.
    private static string NameOf(RunningTunnel tunnel) => tunnel.Definition.Name ?? "";
}
