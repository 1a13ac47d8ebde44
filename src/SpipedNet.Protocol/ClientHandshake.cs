namespace SpipedNet.Protocol;

/// <summary>
/// The handshake of the <c>-e</c> end: <see cref="Handshake.ReceiveNonce"/>, <see cref="Handshake.WriteValue"/>,
/// <see cref="Handshake.ReceiveValue"/>, <see cref="Handshake.DeriveKeys"/>, in this order.
/// </summary>
public sealed class ClientHandshake : Handshake
{
    /// <summary>A handshake with a fresh nonce.</summary>
    /// <param name="secret">Must outlive the handshake.</param>
    /// <param name="forwardSecrecy">This end's choice.</param>
    public ClientHandshake(SharedSecret secret, ForwardSecrecy forwardSecrecy)
        : base(secret, forwardSecrecy)
    {
    }

    internal ClientHandshake(SharedSecret secret, ForwardSecrecy forwardSecrecy, ReadOnlySpan<byte> nonce, EphemeralKeyPair pair)
        : base(secret, forwardSecrecy, nonce, pair)
    {
    }

    private protected override bool IsClient => true;
}
