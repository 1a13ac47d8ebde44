namespace SpipedNet.Tunnel;

/// <summary>Why a connection ended, as it is counted: few enough for a label of a metric, and named the same for ever.</summary>
internal enum EndReason
{
    /// <summary>Both directions ended in good order.</summary>
    Closed,

    /// <summary>The target could not be reached.</summary>
    TargetUnreachable,

    /// <summary>This system had no descriptor or memory left for it.</summary>
    Shortage,

    /// <summary>The peer has another key.</summary>
    WrongKey,

    /// <summary>The peer does not speak the protocol.</summary>
    NotSpiped,

    /// <summary>The peer runs with <c>-f</c>, which <c>-g</c> forbids.</summary>
    NoForwardSecrecy,

    /// <summary>The handshake took too long.</summary>
    HandshakeTimedOut,

    /// <summary>The handshake failed in another way.</summary>
    HandshakeBroken,

    /// <summary>It had not proved a key, and made room for others.</summary>
    MadeRoom,

    /// <summary>It had proved its key, but as many connections as may be were open.</summary>
    LimitReached,

    /// <summary>The other end of the tunnel reset it before any payload had come: it could not reach its target, probably.</summary>
    RefusedByPeer,

    /// <summary>One of the two sides broke or was reset.</summary>
    Broken,

    /// <summary>What came over the wire was forged, damaged or cut short.</summary>
    Corrupt,

    /// <summary>Nothing came for as long as it may be idle.</summary>
    Idle,

    /// <summary>This process ended it: at its stop, or because it led to a target that must not be used any more.</summary>
    Cancelled,

    /// <summary>A bug, or memory ran out.</summary>
    Fault,

    /// <summary>Its address may not connect; it was refused before a byte was sent.</summary>
    NotAllowed,

    /// <summary>Its key was removed while it was open (<c>--revoke close</c>).</summary>
    Revoked,
}

internal static class EndReasons
{
    private static readonly string[] Words = [.. Enum.GetValues<EndReason>().Select(reason => reason switch
    {
        EndReason.Closed => "closed",
        EndReason.TargetUnreachable => "target_unreachable",
        EndReason.Shortage => "shortage",
        EndReason.WrongKey => "wrong_key",
        EndReason.NotSpiped => "not_spiped",
        EndReason.NoForwardSecrecy => "no_forward_secrecy",
        EndReason.HandshakeTimedOut => "handshake_timed_out",
        EndReason.HandshakeBroken => "handshake_broken",
        EndReason.MadeRoom => "made_room",
        EndReason.LimitReached => "limit_reached",
        EndReason.RefusedByPeer => "refused_by_peer",
        EndReason.Broken => "broken",
        EndReason.Corrupt => "corrupt",
        EndReason.Idle => "idle",
        EndReason.Cancelled => "cancelled",
        EndReason.NotAllowed => "not_allowed",
        EndReason.Revoked => "revoked",
        _ => "fault",
    })];

    /// <summary>How many there are.</summary>
    public static int Count => Words.Length;

    /// <summary>The words for all.</summary>
    public static IReadOnlyList<string> All => Words;

    /// <summary>The word for it, in metrics and status.</summary>
    public static string Word(this EndReason reason) => Words[(int)reason];

    /// <summary>What an outcome counts as.</summary>
    public static EndReason Of(ConnectionOutcome outcome) => outcome.End switch
    {
        ConnectionEnd.Closed => EndReason.Closed,
        ConnectionEnd.TargetFailed => EndReason.TargetUnreachable,
        ConnectionEnd.Shortage => EndReason.Shortage,
        ConnectionEnd.HandshakeFailed => OfHandshake(outcome.Error),
        ConnectionEnd.MadeRoom => EndReason.MadeRoom,
        ConnectionEnd.LimitReached => EndReason.LimitReached,
        ConnectionEnd.RefusedByPeer => EndReason.RefusedByPeer,
        ConnectionEnd.Corrupt => EndReason.Corrupt,
        ConnectionEnd.Idle => EndReason.Idle,
        ConnectionEnd.Cancelled => EndReason.Cancelled,
        ConnectionEnd.Revoked => EndReason.Revoked,
        _ => EndReason.Broken,
    };

    private static EndReason OfHandshake(SpipedError error) => error switch
    {
        SpipedError.WrongKey => EndReason.WrongKey,
        SpipedError.NotSpiped => EndReason.NotSpiped,
        SpipedError.NoForwardSecrecy => EndReason.NoForwardSecrecy,
        SpipedError.TimedOut => EndReason.HandshakeTimedOut,
        _ => EndReason.HandshakeBroken,
    };
}
