using System.Buffers;
using SpipedNet.Protocol;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>Session keys, or why there are none.</summary>
internal readonly record struct HandshakeResult(SessionKeys? Keys, HandshakeFailure? Failure);

/// <summary>
/// Carries the handshake's messages over a socket (spiped DESIGN, steps 1 to 5). Exponentiations run on a worker
/// thread, so that a handshake never stalls the connections that share its loop.
/// </summary>
internal sealed class HandshakeExchange(StreamSocket wire)
{
    private static readonly SearchValues<byte> TextBytes =
        SearchValues.Create([.. "\t\r\n"u8, .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c)]);

    // 1.4 to 1.7 µs a key (bench/many.md): what would hold up a loop's other connections for longer than a packet's work is a worker's.
    private const int MostSecretsOnLoop = 16;

    private readonly byte[] _peerNonce = new byte[Handshake.NonceSize];
    private int _peerNonceLength;

    /// <summary>The whole of the client's side.</summary>
    public async ValueTask<HandshakeResult> RunClientAsync(ClientHandshake handshake)
    {
        HandshakeFailure? failure = await ExchangeNoncesAsync(handshake.Nonce.ToArray(), handshake.ReceiveNonce);
        if (failure is not null)
            return new HandshakeResult(null, failure);
        byte[] value = await WriteValueAsync(handshake);
        failure = Check(await wire.SendAllAsync(value)) ?? await ReceiveValueAsync(value => new(handshake.ReceiveValue(value)));
        return failure is null ? await DeriveKeysAsync(handshake) : new HandshakeResult(null, failure);
    }

    /// <summary>
    /// The server's side until the client has proved that it knows a secret; null when it has. Costs a few hashes for
    /// each secret and no exponentiation, whoever the peer is.
    /// </summary>
    /// <param name="handshake">The server's.</param>
    /// <param name="secrets">How many secrets the client may have.</param>
    public async ValueTask<HandshakeFailure?> AuthenticateClientAsync(ServerHandshake handshake, int secrets) =>
        await ExchangeNoncesAsync(handshake.Nonce.ToArray(), handshake.ReceiveNonce)
        ?? await ReceiveValueAsync(secrets <= MostSecretsOnLoop
            ? value => new(handshake.ReceiveValue(value))
            : value => new(wire.Loop.Compute.RunAsync(() => handshake.ReceiveValue(value))));

    /// <summary>The rest of the server's side.</summary>
    public async ValueTask<HandshakeResult> CompleteServerAsync(ServerHandshake handshake)
    {
        byte[] value = await WriteValueAsync(handshake);
        // Sent before our own exponentiation, so that both ends compute at the same time.
        HandshakeFailure? failure = Check(await wire.SendAllAsync(value));
        return failure is null ? await DeriveKeysAsync(handshake) : new HandshakeResult(null, failure);
    }

    private Task<byte[]> WriteValueAsync(Handshake handshake) => wire.Loop.Compute.RunAsync(() =>
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        handshake.WriteValue(value);
        return value;
    });

    private async ValueTask<HandshakeResult> DeriveKeysAsync(Handshake handshake)
    {
        SessionKeys keys = await wire.Loop.Compute.RunAsync(handshake.DeriveKeys);
        if (!wire.IsCancelled)
            return new HandshakeResult(keys, null);
        keys.Dispose();
        return new HandshakeResult(null, Fail(HandshakeFault.Late));
    }

    private async ValueTask<HandshakeFailure?> ExchangeNoncesAsync(byte[] nonce, SpanAction receiveNonce)
    {
        Errno sendError = await wire.SendAllAsync(nonce);
        if (sendError != Errno.None)
            return Check(sendError);
        IoResult received = await wire.ReceiveExactlyAsync(_peerNonce);
        _peerNonceLength = received.Count;
        HandshakeFailure? failure = Check(received, _peerNonce.Length);
        if (failure is null)
            receiveNonce(_peerNonce);
        return failure;
    }

    private async ValueTask<HandshakeFailure?> ReceiveValueAsync(Func<byte[], ValueTask<PeerValueCheck>> receiveValue)
    {
        byte[] value = new byte[Handshake.AuthenticatedValueSize];
        return Check(await wire.ReceiveExactlyAsync(value), value.Length) ?? await receiveValue(value) switch
        {
            PeerValueCheck.Accepted => null,
            PeerValueCheck.BadMac => Fail(HandshakeFault.BadMac),
            PeerValueCheck.OutOfRange => Fail(HandshakeFault.OutOfRange),
            _ => Fail(HandshakeFault.NoForwardSecrecy),
        };
    }

    private HandshakeFailure? Check(IoResult result, int expected) =>
        result.Error == Errno.None && result.Count < expected ? Fail(HandshakeFault.Closed) : Check(result.Error);

    private HandshakeFailure? Check(Errno error) => error switch
    {
        Errno.None => null,
        // Only the deadline cancels the wire alone; a connection that is cancelled as a whole says so itself.
        Errno.Cancelled => Fail(HandshakeFault.Late),
        Errno.ConnectionReset or Errno.BrokenPipe => Fail(HandshakeFault.Reset),
        _ => Fail(HandshakeFault.Broken, error),
    };

    private HandshakeFailure Fail(HandshakeFault fault, Errno error = Errno.None) =>
        new(fault, _peerNonceLength, IsText(_peerNonce.AsSpan(0, _peerNonceLength)), error);

    private static bool IsText(ReadOnlySpan<byte> bytes) => bytes.Length > 0 && !bytes.ContainsAnyExcept(TextBytes);

    private delegate void SpanAction(ReadOnlySpan<byte> span);
}
