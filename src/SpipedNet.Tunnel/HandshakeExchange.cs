using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>Session keys, or why there are none.</summary>
internal readonly record struct HandshakeResult(SessionKeys? Keys, string? Error);

/// <summary>
/// Carries the handshake's messages over a socket (spiped DESIGN, steps 1 to 5). Exponentiations run on a worker
/// thread, so that a handshake never stalls the connections that share its loop.
/// </summary>
internal static class HandshakeExchange
{
    /// <summary>The whole of the client's side.</summary>
    public static async ValueTask<HandshakeResult> RunClientAsync(StreamSocket wire, ClientHandshake handshake)
    {
        string? error = await ExchangeNoncesAsync(wire, handshake.Nonce.ToArray(), handshake.ReceiveNonce);
        if (error is not null)
            return new HandshakeResult(null, error);
        byte[] value = await WriteValueAsync(wire, handshake);
        error = Explain(await wire.SendAllAsync(value)) ?? await ReceiveValueAsync(wire, handshake.ReceiveValue);
        return error is null
            ? new HandshakeResult(await wire.Loop.Compute.RunAsync(handshake.DeriveKeys), null)
            : new HandshakeResult(null, error);
    }

    /// <summary>
    /// The server's side until the client has proved that it knows the secret; null when it has. Costs two hashes and
    /// no exponentiation, whoever the peer is.
    /// </summary>
    public static async ValueTask<string?> AuthenticateClientAsync(StreamSocket wire, ServerHandshake handshake) =>
        await ExchangeNoncesAsync(wire, handshake.Nonce.ToArray(), handshake.ReceiveNonce)
        ?? await ReceiveValueAsync(wire, handshake.ReceiveValue);

    /// <summary>The rest of the server's side.</summary>
    public static async ValueTask<HandshakeResult> CompleteServerAsync(StreamSocket wire, ServerHandshake handshake)
    {
        byte[] value = await WriteValueAsync(wire, handshake);
        // Sent before our own exponentiation, so that both ends compute at the same time.
        string? error = Explain(await wire.SendAllAsync(value));
        return error is null
            ? new HandshakeResult(await wire.Loop.Compute.RunAsync(handshake.DeriveKeys), null)
            : new HandshakeResult(null, error);
    }

    private static Task<byte[]> WriteValueAsync(StreamSocket wire, Handshake handshake) => wire.Loop.Compute.RunAsync(() =>
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        handshake.WriteValue(value);
        return value;
    });

    private static async ValueTask<string?> ExchangeNoncesAsync(StreamSocket wire, byte[] nonce, SpanAction receiveNonce)
    {
        Errno sendError = await wire.SendAllAsync(nonce);
        if (sendError != Errno.None)
            return Explain(sendError);
        byte[] peerNonce = new byte[Handshake.NonceSize];
        string? error = Explain(await wire.ReceiveExactlyAsync(peerNonce), peerNonce.Length);
        if (error is null)
            receiveNonce(peerNonce);
        return error;
    }

    private static async ValueTask<string?> ReceiveValueAsync(StreamSocket wire, Func<ReadOnlySpan<byte>, PeerValueCheck> receiveValue)
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        return Explain(await wire.ReceiveExactlyAsync(value), value.Length) ?? receiveValue(value) switch
        {
            PeerValueCheck.Accepted => null,
            PeerValueCheck.BadMac => "the peer has another key, or is not spiped",
            PeerValueCheck.OutOfRange => "the peer sent a value outside the group",
            _ => "the peer uses -f, and -g forbids it here",
        };
    }

    private static string? Explain(IoResult result, int expected)
    {
        // The server's end resets a connection too whose target it cannot reach.
        if (result.Error == Errno.ConnectionReset)
            return "the peer reset the connection: it has another key, cannot reach its target, or is not spiped";
        if (result.Error != Errno.None)
            return Explain(result.Error);
        return result.Count == expected ? null : "the peer closed the connection: it has another key, or is not spiped";
    }

    private static string? Explain(Errno error) => error == Errno.None ? null : error.Describe();

    private delegate void SpanAction(ReadOnlySpan<byte> span);
}
