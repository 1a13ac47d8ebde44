namespace SpipedNet.Protocol;

/// <summary>
/// The handshake of the <c>-d</c> end: <see cref="Handshake.ReceiveNonce"/>, <see cref="Handshake.ReceiveValue"/>,
/// <see cref="Handshake.WriteValue"/>, <see cref="Handshake.DeriveKeys"/>, in this order.
/// </summary>
public sealed class ServerHandshake : Handshake
{
    /// <inheritdoc cref="ClientHandshake(SharedSecret, ForwardSecrecy)"/>
    public ServerHandshake(SharedSecret secret, ForwardSecrecy forwardSecrecy)
        : base(secret, forwardSecrecy)
    {
    }

    internal ServerHandshake(SharedSecret secret, ForwardSecrecy forwardSecrecy, ReadOnlySpan<byte> nonce, EphemeralKeyPair pair)
        : base(secret, forwardSecrecy, nonce, pair)
    {
    }

    private protected override bool IsClient => false;
}
