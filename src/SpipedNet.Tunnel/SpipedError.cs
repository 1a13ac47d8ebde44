namespace SpipedNet.Tunnel;

/// <summary>Why there is no connection, or no more of it.</summary>
public enum SpipedError
{
    /// <summary>The address's host name could not be looked up.</summary>
    NameUnknown,

    /// <summary>Nothing took the connection at any of the address's end points.</summary>
    Unreachable,

    /// <summary>Something took it, but does not speak spiped's protocol as a server's end (<c>-d</c>) does.</summary>
    NotSpiped,

    /// <summary>
    /// The other end has another key, most likely. A stock spiped that cannot reach its target ends a handshake in the same way.
    /// </summary>
    WrongKey,

    /// <summary>The other end uses <c>-f</c>, and the options here forbid it.</summary>
    NoForwardSecrecy,

    /// <summary>The other end has proved its key, and ended before a byte came: it probably could not reach its target.</summary>
    Refused,

    /// <summary>The connection was reset, or what came over it was damaged, forged or cut short.</summary>
    Cut,

    /// <summary>Looking up, connecting, shaking hands, reading or writing took longer than it may, or nothing moved for too long.</summary>
    TimedOut,

    /// <summary>This system has no descriptor or memory left for one more connection.</summary>
    Shortage,
}
