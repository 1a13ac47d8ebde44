namespace SpipedNet.Protocol;

/// <summary>What became of the peer's authenticated Diffie-Hellman value.</summary>
public enum PeerValueCheck
{
    /// <summary>The value is authentic and usable.</summary>
    Accepted,

    /// <summary>Its MAC is wrong: the peer has another key, or is not spiped.</summary>
    BadMac,

    /// <summary>It is authentic, but not below the group's modulus.</summary>
    OutOfRange,

    /// <summary>It is authentic, but 1, which <see cref="ForwardSecrecy.Required"/> refuses.</summary>
    WeakRefused,
}
