using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>How a connection ended.</summary>
internal enum ConnectionEnd
{
    /// <summary>Both directions ended in good order.</summary>
    Closed,

    /// <summary>The target could not be reached.</summary>
    TargetFailed,

    /// <summary>This system has no descriptor or memory left for a connection to the target.</summary>
    Shortage,

    /// <summary>The handshake failed or took too long.</summary>
    HandshakeFailed,

    /// <summary>It had not proved its key, and made room for others.</summary>
    MadeRoom,

    /// <summary>It had proved its key, but as many connections as may be were open.</summary>
    LimitReached,

    /// <summary>The other end of the tunnel reset the connection before any payload had come from it.</summary>
    RefusedByPeer,

    /// <summary>One of the two sockets failed, or its peer reset it.</summary>
    Broken,

    /// <summary>What came in over the wire was forged, damaged or cut short.</summary>
    Corrupt,

    /// <summary>Nothing came in either direction for as long as it may be idle.</summary>
    Idle,

    /// <summary>This process ended it.</summary>
    Cancelled,

    /// <summary>This process ended it, because its key was revoked.</summary>
    Revoked,
}

/// <summary>How a connection ended, why in words, and the payload it carried.</summary>
/// <param name="End">The kind of end.</param>
/// <param name="Reason">The step that failed, on which address, and why; empty when it closed in good order.</param>
/// <param name="BytesEncrypted">Payload bytes from the plain side to the wire.</param>
/// <param name="BytesDecrypted">Payload bytes from the wire to the plain side.</param>
internal sealed record ConnectionOutcome(ConnectionEnd End, string Reason, long BytesEncrypted = 0, long BytesDecrypted = 0)
{
    private readonly SpipedError? _error; // of one that was never established

    /// <summary>What it is for a client within the process.</summary>
    internal SpipedError Error
    {
        get => _error ?? End switch
        {
            ConnectionEnd.RefusedByPeer => SpipedError.Refused,
            ConnectionEnd.Idle => SpipedError.TimedOut,
            _ => SpipedError.Cut,
        };
        init => _error = value;
    }

    /// <summary>The wire's peer reset the connection while more could have come from it.</summary>
    internal bool IsWireReset { get; private init; }

    /// <summary>The outcome of two directions: the first that failed by itself explains it.</summary>
    internal static ConnectionOutcome Join(PumpOutcome encrypting, PumpOutcome decrypting)
    {
        bool isDecryptingCulprit = encrypting.End is PumpEnd.EndOfStream or PumpEnd.Stopped;
        return isDecryptingCulprit
            ? Of(decrypting, "wire", "plain side") with { IsWireReset = IsReset(decrypting) }
            : Of(encrypting, "plain side", "wire") with { IsWireReset = IsResetOnSend(encrypting, decrypting) };
    }

    private static bool IsReset(PumpOutcome decrypting) => decrypting is (PumpEnd.SourceFailed, Errno.ConnectionReset);

    // After the peer's own end of stream, all that it had to say has come.
    private static bool IsResetOnSend(PumpOutcome encrypting, PumpOutcome decrypting) =>
        encrypting is (PumpEnd.DestinationFailed, Errno.ConnectionReset or Errno.BrokenPipe)
        && decrypting.End != PumpEnd.EndOfStream;

    private static ConnectionOutcome Of(PumpOutcome outcome, string source, string destination) => outcome.End switch
    {
        PumpEnd.EndOfStream => new(ConnectionEnd.Closed, ""),
        PumpEnd.BadPacket => new(ConnectionEnd.Corrupt, $"{source}: a packet failed authentication; it was forged or damaged"),
        PumpEnd.Truncated => new(ConnectionEnd.Corrupt, $"{source}: the stream was cut within a packet"),
        PumpEnd.Idle => new(ConnectionEnd.Idle, "nothing came in either direction (--idle-timeout)"),
        PumpEnd.DestinationFailed => new(ConnectionEnd.Broken, $"{destination}: {outcome.Error.Describe()}"),
        _ => new(ConnectionEnd.Broken, $"{source}: {outcome.Error.Describe()}"),
    };
}
