using SpipedNet.Protocol;
using SpipedNet.Tunnel.Access;
using SpipedNet.Tunnel.ProxyProtocol;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel;

/// <summary>Which end of a tunnel this process is.</summary>
internal enum TunnelRole
{
    /// <summary><c>-e</c>: accepts plain connections at the source and sends encrypted ones to the target.</summary>
    Sender,

    /// <summary><c>-d</c>: accepts encrypted connections at the source and sends plain ones to the target.</summary>
    Receiver,
}

/// <summary>What becomes of the connections of a key that is removed while a tunnel runs. No new one is made with it.</summary>
internal enum Revocation
{
    /// <summary>They go on until they end.</summary>
    Keep,

    /// <summary>They are reset.</summary>
    Close,
}

/// <summary>What a single connection needs to know besides where it leads.</summary>
internal record ConnectionOptions
{
    /// <summary>The local address for outgoing connections (<c>-b</c>); null lets the kernel choose.</summary>
    public TunnelAddress? Bind { get; init; }

    /// <summary>Whether each connection gets keys of its own (<c>-f</c>, <c>-g</c>).</summary>
    public ForwardSecrecy ForwardSecrecy { get; init; }

    /// <summary>TCP keepalive on both sockets (off with <c>-j</c>): a vanished peer is found after 150 s of silence.</summary>
    public bool IsKeepAlive { get; init; } = true;

    /// <summary>
    /// Once the peer has ended its direction and the other is still open, find out within about a minute whether its
    /// process still exists: for an interactive end, whose user would wait for nothing (spiped#328).
    /// </summary>
    public bool IsPeerProbedAfterEnd { get; init; }

    /// <summary>
    /// After how long without a byte in either direction a connection is reset, or up to a quarter of that later
    /// (<c>--idle-timeout</c>); null for never.
    /// </summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// A receiver connects to its target when it has accepted a client, as spiped does, instead of when the client has
    /// proved its key (<c>--early-connect</c>).
    /// </summary>
    public bool IsConnectingEarly { get; init; }

    /// <summary>
    /// A receiver tells its target first who the client is, in this version of the PROXY protocol
    /// (<c>--proxy-protocol</c>); null for not at all.
    /// </summary>
    public ProxyVersion? ProxyProtocol { get; init; }

    /// <summary>The time that connecting, and separately the handshake, may take (<c>-o</c>).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What a connection without a tunnel needs to know.</summary>
internal sealed record SenderPipeOptions : ConnectionOptions
{
    /// <summary>Where to connect (<c>-t</c>).</summary>
    public required TunnelAddress Target { get; init; }
}

/// <summary>What one tunnel needs to know besides its secret. One tunnel's state is one object: nothing is static.</summary>
internal sealed record TunnelOptions : ConnectionOptions
{
    /// <summary>Which end this is (<c>-e</c>, <c>-d</c>).</summary>
    public required TunnelRole Role { get; init; }

    /// <summary>Where to listen (<c>-s</c>).</summary>
    public required TunnelAddress Source { get; init; }

    /// <summary>Where to connect (<c>-t</c>): to the first that answers, unless they are checked.</summary>
    public required IReadOnlyList<TunnelAddress> Targets { get; init; }

    /// <summary>How the targets are checked (<c>--target-check</c>); null for not at all.</summary>
    public TargetCheckOptions? TargetCheck { get; init; }

    /// <summary>Who may connect (<c>--allow</c>); none for anyone.</summary>
    public IReadOnlyList<AddressRange> Allow { get; init; } = [];

    /// <summary>How many connections may be open at a time (<c>-n</c>); <see cref="int.MaxValue"/> for no limit.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>
    /// How many connections of a receiver may be open whose clients have not proved their key yet
    /// (<c>--max-unauthenticated</c>); null for as many as <see cref="MaxConnections"/> and 10,000 at least. Half of the
    /// descriptors that the process may have are the most.
    /// </summary>
    public int? MaxStrangers { get; init; }

    /// <summary>
    /// How many of these may come from one IPv4 address, or one /64 network of IPv6
    /// (<c>--max-unauthenticated-per-address</c>); null for as many as <see cref="MaxConnections"/> and 1,000 at least.
    /// </summary>
    public int? MaxStrangersPerAddress { get; init; }

    /// <summary>What becomes of the connections of a key that is removed (<c>--revoke</c>).</summary>
    public Revocation Revocation { get; init; }

    /// <summary>How often the target's name is looked up again (<c>-r</c>); null for never (<c>-R</c>).</summary>
    public TimeSpan? ResolveInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Keep trying to look up names at start until it works (<c>-D</c>).</summary>
    public bool IsWaitingForNames { get; init; }
}
