using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace SpipedNet.CommandLine;

/// <summary>What runs beside the Redis of a mesh's nodes, and so has tunnels of its own.</summary>
internal enum RedisMeshKind
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>A Sentinel on each node (<c>--sentinel</c>).</summary>
    Sentinel,

    /// <summary>The bus of a Redis Cluster (<c>--cluster</c>).</summary>
    Cluster,
}

/// <summary>What <c>spiped-net redis-mesh</c> was asked to do.</summary>
/// <param name="Nodes">All nodes, in the order that gives them their addresses.</param>
/// <param name="Self">The node that this host is; null for a host that only has clients.</param>
/// <param name="Kind">What runs beside Redis.</param>
/// <param name="Port">The port of Redis, of all nodes (<c>--port</c>).</param>
/// <param name="IsCheck">Whether to dial the nodes instead of printing the script (<c>--check</c>).</param>
internal sealed record RedisMeshOptions(
    IReadOnlyList<RedisMeshNode> Nodes, RedisMeshNode? Self, RedisMeshKind Kind, int Port, bool IsCheck);

/// <summary>The command line of <c>spiped-net redis-mesh</c>.</summary>
internal sealed class RedisMeshCommandLine
{
    // 127.0.2.255 would do, too, but looks like a broadcast address.
    private const int MostNodes = 254;

    private const int DefaultPort = 6379;

    private const int HighestPort = 65535;

    private readonly Option<RedisMeshNode[]> _nodes = OptionValues.Nodes("--node");
    private readonly Option<string> _self = OptionValues.Name("--self");
    private readonly Option<bool> _sentinel = OptionValues.Flag("--sentinel");
    private readonly Option<bool> _cluster = OptionValues.Flag("--cluster");
    private readonly Option<int> _port = OptionValues.Port("--port", DefaultPort, HighestPort);
    private readonly Option<bool> _check = OptionValues.Flag("--check");
    private readonly OptionSet _set;

    private RedisMeshCommandLine() => _set = new OptionSet(_nodes, _self, _sentinel, _cluster, _port, _check);

    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments after the subcommand.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out RedisMeshOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        var line = new RedisMeshCommandLine();
        options = null;
        stop = line._set.Read(arguments) ?? line.Check();
        if (stop is null)
            options = line.ToOptions(out stop);
        return options is not null;
    }

    /// <summary>Every way to write an option.</summary>
    internal static IEnumerable<string> OptionNames => new RedisMeshCommandLine()._set.Names;

    private CommandLineStop? Check()
    {
        if (!_set.Has(_nodes))
            return OptionReader.Usage("--node is missing");
        if (_set.Has(_sentinel) && _set.Has(_cluster))
            return OptionReader.Usage("--sentinel and --cluster exclude each other");
        RedisMeshNode[] nodes = _set.Value(_nodes)!;
        if (nodes.Length > MostNodes)
            return Invalid($"there are {nodes.Length} nodes, and addresses for {MostNodes}");
        return Repeated(nodes, node => node.Name, "name") ?? Repeated(nodes, node => node.Host, "address");
    }

    private RedisMeshOptions? ToOptions(out CommandLineStop? stop)
    {
        RedisMeshNode[] nodes = [.. _set.Value(_nodes)!.Select((node, index) => node with { Number = index + 1 })];
        RedisMeshNode? self = nodes.FirstOrDefault(node => node.Name == _set.Value(_self));
        stop = _set.Has(_self) && self is null
            ? Invalid($"--self {_set.Value(_self)}: no node has this name; the nodes are {string.Join(", ", nodes.Select(node => node.Name))}")
            : null;
        (RedisMeshKind kind, int distance) = Kind();
        if (_set.Value(_port) > HighestPort - distance)
            stop ??= Invalid($"--port {_set.Value(_port)}: it is at most {HighestPort - distance} here, for another port is {distance} higher");
        return stop is null ? new RedisMeshOptions(nodes, self, kind, _set.Value(_port), _set.Has(_check)) : null;
    }

    // Sentinel's usual port is Redis's usual port and 20000, the port of Cluster's bus always that of Redis and 10000.
    private (RedisMeshKind Kind, int Distance) Kind() =>
        _set.Has(_sentinel) ? (RedisMeshKind.Sentinel, 20000)
        : _set.Has(_cluster) ? (RedisMeshKind.Cluster, 10000)
        : (RedisMeshKind.Plain, 0);

    private static CommandLineStop? Repeated(RedisMeshNode[] nodes, Func<RedisMeshNode, string> part, string what) => nodes
        .GroupBy(part, StringComparer.OrdinalIgnoreCase)
        .Where(same => same.Count() > 1)
        .Select(same => Invalid($"--node: the {what} {same.Key} is given twice"))
        .FirstOrDefault();

    private static CommandLineStop Invalid(string message) => new(StopReason.InvalidValue, message);
}
