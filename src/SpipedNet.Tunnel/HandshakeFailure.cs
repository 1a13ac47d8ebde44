using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>What ended a handshake before its time.</summary>
internal enum HandshakeFault
{
    /// <summary>The time for it was up.</summary>
    Late,

    /// <summary>The peer closed the connection in good order.</summary>
    Closed,

    /// <summary>The peer reset the connection.</summary>
    Reset,

    /// <summary>Another error of the system.</summary>
    Broken,

    /// <summary>The MAC of the peer's value is wrong.</summary>
    BadMac,

    /// <summary>The peer's value is outside the group.</summary>
    OutOfRange,

    /// <summary>The peer uses <c>-f</c> against this end's <c>-g</c>.</summary>
    NoForwardSecrecy,
}

/// <summary>
/// Why a handshake failed. What came first from the peer tells a wrong key from a peer that is not spiped at all, which
/// is what both ends look like to each other when their roles were swapped.
/// </summary>
/// <param name="Fault">What ended it.</param>
/// <param name="NonceBytes">How much of the peer's nonce had come.</param>
/// <param name="IsText">Whether that was printable text, as no nonce is.</param>
/// <param name="Error">The system's error, of <see cref="HandshakeFault.Broken"/>.</param>
internal sealed record HandshakeFailure(HandshakeFault Fault, int NonceBytes, bool IsText, Errno Error = Errno.None)
{
    private const string CompareKeys = "compare the key fingerprints that both ends log at their start";
    private const string MayBePlain = "it may be a plain client, and this end would then want -e";

    /// <summary>What it is for a client within the process.</summary>
    public SpipedError Kind => Fault switch
    {
        HandshakeFault.Late => SpipedError.TimedOut,
        HandshakeFault.Broken => SpipedError.Cut,
        HandshakeFault.NoForwardSecrecy => SpipedError.NoForwardSecrecy,
        HandshakeFault.BadMac when !IsText => SpipedError.WrongKey,
        HandshakeFault.Closed or HandshakeFault.Reset when HasNonce && !IsText => SpipedError.WrongKey,
        _ => SpipedError.NotSpiped,
    };

    /// <summary>The reason in words, with what to look at.</summary>
    public string Explain(TunnelRole role, TimeSpan timeout) =>
        role == TunnelRole.Sender ? ExplainToSender(Seconds(timeout)) : ExplainToReceiver(Seconds(timeout));

    private bool HasNonce => NonceBytes == Handshake.NonceSize;

    private string ExplainToSender(string time) => Fault switch
    {
        _ when IsText => "the peer sent text, so it is no spiped -d; look at the target (-t)",
        HandshakeFault.Late when NonceBytes == 0 => $"no answer within {time} (-o): is a spiped -d there, not a -e or a plain server, and below its limit (-n)?",
        HandshakeFault.Closed or HandshakeFault.Reset when !HasNonce =>
            $"{Ending} at once: is a spiped -d listening there, does it reach its target, and may this host connect (--allow)?",
        // A server's end drops a connection too whose target it cannot reach.
        HandshakeFault.Closed or HandshakeFault.Reset =>
            $"{Ending}: it has another key, cannot reach its target, or is not spiped; {CompareKeys}",
        _ => ExplainToEither(time),
    };

    private string ExplainToReceiver(string time) => Fault switch
    {
        _ when IsText => $"the peer sent text: {MayBePlain}",
        HandshakeFault.Late when !HasNonce => $"not finished within {time} (-o), {Came}: {MayBePlain}",
        HandshakeFault.Closed or HandshakeFault.Reset when !HasNonce => $"{Ending} {Came}: {MayBePlain}",
        HandshakeFault.Closed or HandshakeFault.Reset => $"{Ending} in the middle: it has another key, or has given up",
        _ => ExplainToEither(time),
    };

    private string ExplainToEither(string time) => Fault switch
    {
        HandshakeFault.Late => $"not finished within {time} (-o)",
        HandshakeFault.BadMac => $"the peer has another key, or is not spiped; {CompareKeys}",
        HandshakeFault.OutOfRange => "the peer sent a value outside the group",
        HandshakeFault.NoForwardSecrecy => "the peer uses -f, and -g forbids it here",
        _ => Error.Describe(),
    };

    private string Ending => $"the peer {(Fault == HandshakeFault.Reset ? "reset" : "closed")} the connection";

    private string Came => $"after {NonceBytes} of the nonce's {Handshake.NonceSize} bytes";

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.###} s";
}
