namespace SpipedNet.Tunnel;

/// <summary>Why a start fails at a name, in one line that says what to do.</summary>
internal static class LookUpFailure
{
    /// <summary>The line.</summary>
    /// <param name="address">The address with the name.</param>
    /// <param name="reason">What the resolver said.</param>
    /// <param name="canWait">Whether the program has <c>-D</c>.</param>
    public static string Explain(TunnelAddress address, string reason, bool canWait)
    {
        string advice = address.HostName == "*" ? $"write [0.0.0.0]:{address.Port} for every address"
            : canWait ? "check the spelling (with -D it would be waited for)"
            : "check the spelling";
        return $"cannot look up {address}: {reason}; {advice}";
    }
}
