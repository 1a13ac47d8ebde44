namespace SpipedNet.Protocol;

/// <summary>The call that a handshake expects next.</summary>
internal enum HandshakeStep
{
    ReceiveNonce,
    WriteValue,
    ReceiveValue,
    DeriveKeys,
    Over,
}
