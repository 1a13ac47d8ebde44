using System.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>How others may see what the process does.</summary>
internal sealed record ObserverOptions
{
    /// <summary>Whether <c>spiped-net status</c> may ask it (off with <c>--no-control</c>).</summary>
    public bool IsControlled { get; init; } = true;

    /// <summary>Where it tells Prometheus of its tunnels (<c>--metrics</c>); null for nowhere.</summary>
    public TunnelAddress? Metrics { get; init; }
}

/// <summary>The options for it.</summary>
internal sealed class ObserverArguments
{
    private readonly Option<bool> _noControl = OptionValues.Flag("--no-control");
    private readonly Option<TunnelAddress> _metrics = OptionValues.Address("--metrics");

    public IEnumerable<Option> All => [_noControl, _metrics];

    public ObserverOptions ToOptions(OptionReader reader) =>
        new() { IsControlled = !reader.Has(_noControl), Metrics = reader.Value(_metrics) };
}
