using System.Net.Sockets;

namespace SpipedNet.Tunnel;

/// <summary>Why a name has no addresses, and what to do about it.</summary>
/// <param name="Reason">What the resolver said.</param>
/// <param name="Advice">What to look at.</param>
internal sealed record LookUpFailure(string Reason, string Advice)
{
    private const string CheckSpelling = "check the spelling";

    public static readonly LookUpFailure NoAddresses = new("the name has no addresses", CheckSpelling);

    /// <summary>Longer than the system looks up.</summary>
    public static readonly LookUpFailure TooLong = new("it is too long for a name", CheckSpelling);

    // EAI_AGAIN, which the C library calls a temporary failure even where no name server is configured.
    private static readonly LookUpFailure NoAnswer = new("the name server does not answer", "see /etc/resolv.conf");

    /// <summary>What the system's resolver has failed with.</summary>
    public static LookUpFailure Of(SocketException failure) => failure.SocketErrorCode == SocketError.TryAgain
        ? NoAnswer
        : new LookUpFailure(SystemError.Continue(failure.Message), CheckSpelling);

    /// <summary>Why a start fails at a name, in one line.</summary>
    /// <param name="address">The address with the name.</param>
    /// <param name="canWait">Whether the program has <c>-D</c>.</param>
    public string Explain(TunnelAddress address, bool canWait)
    {
        string advice = address.HostName == "*" ? $"write [0.0.0.0]:{address.Port} for every address"
            : canWait ? $"{Advice} (with -D it would be waited for)"
            : Advice;
        return $"cannot look up {address}: {Reason}; {advice}";
    }
}
