using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnel.Targets;

/// <summary>What a target has to do to get connections (<c>--target-check</c>).</summary>
internal enum TargetCheckKind
{
    /// <summary>Accept a connection; at a sender, complete the handshake as well.</summary>
    Tcp,

    /// <summary>Answer a PING as a Redis server does that is ready.</summary>
    Redis,

    /// <summary>Say that it is the master of its replication.</summary>
    RedisMaster,
}

/// <summary>How the targets of a tunnel are checked.</summary>
/// <param name="Kind">What they have to do.</param>
internal sealed record TargetCheckOptions(TargetCheckKind Kind)
{
    /// <summary>The time from one check of a target to the next (<c>--check-interval</c>).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time that an answer may take (<c>--check-timeout</c>); to connect there is <c>-o</c>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whose opinion of the master counts as well, by majority (<c>--sentinel</c>); none for nobody's.</summary>
    public IReadOnlyList<TunnelAddress> Sentinels { get; init; } = [];

    /// <summary>What the Sentinels call the master (<c>--master-name</c>).</summary>
    public string MasterName { get; init; } = "";

    /// <summary>What a Redis server asks for; the caller's, kept for as long as the tunnel lives.</summary>
    public RedisCredential? Credential { get; init; }

    /// <summary>What the Sentinels ask for; null for the same, as far as they know it.</summary>
    public RedisCredential? SentinelCredential { get; init; }
}
