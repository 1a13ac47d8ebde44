namespace SpipedNet.Tunnel;

/// <summary>What a network or the other end has done to a connection: <see cref="Error"/> for programs, the message for people.</summary>
public sealed class SpipedException : IOException
{
    internal SpipedException(SpipedError error, string message)
        : base(message) => Error = error;

    /// <summary>What it was.</summary>
    public SpipedError Error { get; }

    internal static SpipedException Of(TunnelAddress target, ConnectionOutcome outcome)
    {
        // An outcome of the connecting or the handshake names the end point itself.
        bool isNamed = outcome.End is ConnectionEnd.TargetFailed or ConnectionEnd.HandshakeFailed or ConnectionEnd.Shortage;
        return new(outcome.Error, isNamed ? outcome.Reason : $"target {target}: {outcome.Reason}");
    }
}
