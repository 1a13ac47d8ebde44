using SpipedNet.Protocol;

namespace SpipedNet.Tunnel;

/// <summary>How <see cref="SpipedClient"/> connects; what is not set is as in <c>spiped-net -e</c>.</summary>
public sealed record SpipedClientOptions
{
    /// <summary>The local address to connect from; null lets the kernel choose.</summary>
    public TunnelAddress? Bind { get; init; }

    /// <summary>Whether the connection gets keys of its own, so that a key that leaks later does not open it.</summary>
    public ForwardSecrecy ForwardSecrecy { get; init; }

    /// <summary>TCP keepalive: a peer that has vanished is found after 150 s of silence.</summary>
    public bool IsKeepAlive { get; init; } = true;

    /// <summary>After how long without a byte in either direction the connection is reset; null for never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>The time that each of looking up, connecting and the handshake may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    internal SenderPipeOptions For(TunnelAddress target) => new()
    {
        Target = target,
        Bind = Bind,
        ForwardSecrecy = ForwardSecrecy,
        IsKeepAlive = IsKeepAlive,
        IdleTimeout = IdleTimeout,
        Timeout = Timeout,
    };
}
