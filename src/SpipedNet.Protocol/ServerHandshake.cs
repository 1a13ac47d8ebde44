namespace SpipedNet.Protocol;

/// <summary>
/// The <c>-d</c> end's handshake: <see cref="Handshake.Nonce"/>, <see cref="Handshake.ReceiveNonce"/>,
/// <see cref="Handshake.ReceiveValue"/>, <see cref="Handshake.WriteValue"/>, <see cref="Handshake.DeriveKeys"/>. It
/// computes nothing costly, and says nothing, before the client has proved that it knows the secret.
/// </summary>
public sealed class ServerHandshake : Handshake
{
    /// <summary>A handshake with a fresh nonce.</summary>
    /// <param name="secret">Borrowed for the life of the handshake.</param>
    /// <param name="forwardSecrecy">Whether this end, and its peer, must exchange ephemeral values.</param>
    public ServerHandshake(SharedSecret secret, ForwardSecrecy forwardSecrecy)
        : base([secret ?? throw new ArgumentNullException(nameof(secret))], forwardSecrecy)
    {
    }

    /// <summary>A handshake with a fresh nonce and a client that may have any of several secrets.</summary>
    /// <param name="secrets">At least one, no two alike; the array and they are borrowed for the life of the handshake.</param>
    /// <param name="forwardSecrecy">Whether this end, and its peer, must exchange ephemeral values.</param>
    public ServerHandshake(SharedSecret[] secrets, ForwardSecrecy forwardSecrecy)
        : base(secrets, forwardSecrecy)
    {
    }

    internal ServerHandshake(
        SharedSecret secret, ForwardSecrecy forwardSecrecy, ReadOnlySpan<byte> nonce, EphemeralKeyPair keyPair)
        : base(secret, forwardSecrecy, nonce, keyPair)
    {
    }

    private protected override Span<byte> OwnHalf(Span<byte> clientThenServer) => clientThenServer[(clientThenServer.Length / 2)..];

    private protected override Span<byte> PeerHalf(Span<byte> clientThenServer) => clientThenServer[..(clientThenServer.Length / 2)];

    private protected override HandshakeStep StepAfter(HandshakeStep step) => step switch
    {
        HandshakeStep.ReceiveNonce => HandshakeStep.ReceiveValue,
        HandshakeStep.ReceiveValue => HandshakeStep.WriteValue,
        _ => HandshakeStep.DeriveKeys,
    };
}
