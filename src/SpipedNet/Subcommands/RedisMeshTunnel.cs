using System.Net;
using SpipedNet.CommandLine;

namespace SpipedNet.Subcommands;

/// <summary>What takes connections at a mesh's port.</summary>
internal enum RedisMeshService
{
    Redis,
    Sentinel,
    Bus,
}

/// <summary>The way of all hosts to one service of one node: an instance of a unit on each of them.</summary>
internal sealed record RedisMeshTunnel(RedisMeshNode Node, RedisMeshService Service, int Port)
{
    /// <summary>The unit's instance, the same on every host.</summary>
    public string Instance => Service switch
    {
        RedisMeshService.Sentinel => $"sentinel-{Node.Name}",
        RedisMeshService.Bus => $"redisbus-{Node.Name}",
        _ => $"redis-{Node.Name}",
    };

    /// <summary>The plain address, where the service listens on its node and the tunnel to it on every other host.</summary>
    public IPEndPoint Mesh => new(Node.MeshAddress, Port);

    /// <summary>The encrypted address, where the node receives.</summary>
    public string Remote => $"{Node.Host}:{Port}";

    /// <summary>The unit for this host.</summary>
    public string Unit(RedisMeshNode? self) => $"{(Node == self ? "spiped-receive" : "spiped-send")}@{Instance}";

    /// <summary>The unit that this host must not have: with both, what comes in here would go round in a circle.</summary>
    public string OtherUnit(RedisMeshNode? self) => $"{(Node == self ? "spiped-send" : "spiped-receive")}@{Instance}";

    /// <summary>All that this host needs, node by node.</summary>
    public static IEnumerable<RedisMeshTunnel> Of(RedisMeshOptions options)
    {
        foreach (RedisMeshNode node in options.Nodes)
        {
            yield return new RedisMeshTunnel(node, RedisMeshService.Redis, options.Port);
            if (options.Kind == RedisMeshKind.Sentinel)
                yield return new RedisMeshTunnel(node, RedisMeshService.Sentinel, options.Port + 20000);
            // The bus is the nodes' own: their clients do not use it.
            if (options.Kind == RedisMeshKind.Cluster && options.Self is not null)
                yield return new RedisMeshTunnel(node, RedisMeshService.Bus, options.Port + 10000);
        }
    }
}
