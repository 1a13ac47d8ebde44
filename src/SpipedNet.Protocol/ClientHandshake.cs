namespace SpipedNet.Protocol;

/// <summary>
/// The <c>-e</c> end's handshake: <see cref="Handshake.Nonce"/>, <see cref="Handshake.ReceiveNonce"/>,
/// <see cref="Handshake.WriteValue"/>, <see cref="Handshake.ReceiveValue"/>, <see cref="Handshake.DeriveKeys"/>.
/// </summary>
public sealed class ClientHandshake : Handshake
{
    /// <summary>A handshake with a fresh nonce.</summary>
    /// <param name="secret">Borrowed for the life of the handshake.</param>
    /// <param name="forwardSecrecy">Whether this end, and its peer, must exchange ephemeral values.</param>
    public ClientHandshake(SharedSecret secret, ForwardSecrecy forwardSecrecy)
        : base([secret ?? throw new ArgumentNullException(nameof(secret))], forwardSecrecy)
    {
    }

    internal ClientHandshake(
        SharedSecret secret, ForwardSecrecy forwardSecrecy, ReadOnlySpan<byte> nonce, EphemeralKeyPair keyPair)
        : base(secret, forwardSecrecy, nonce, keyPair)
    {
    }

    private protected override Span<byte> OwnHalf(Span<byte> clientThenServer) => clientThenServer[..(clientThenServer.Length / 2)];

    private protected override Span<byte> PeerHalf(Span<byte> clientThenServer) => clientThenServer[(clientThenServer.Length / 2)..];

    private protected override HandshakeStep StepAfter(HandshakeStep step) => step switch
    {
        HandshakeStep.ReceiveNonce => HandshakeStep.WriteValue,
        HandshakeStep.WriteValue => HandshakeStep.ReceiveValue,
        _ => HandshakeStep.DeriveKeys,
    };
}
