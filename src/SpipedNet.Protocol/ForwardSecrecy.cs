namespace SpipedNet.Protocol;

/// <summary>Whether a connection's keys come from an ephemeral Diffie-Hellman exchange.</summary>
public enum ForwardSecrecy
{
    /// <summary>This end exchanges ephemeral values, and accepts a peer that does not.</summary>
    Preferred,

    /// <summary><c>-g</c>: a peer that sends y = 1 is refused.</summary>
    Required,

    /// <summary><c>-f</c>: this end sends y = 1; the session keys then depend on the secret and the nonces alone.</summary>
    Disabled,
}
