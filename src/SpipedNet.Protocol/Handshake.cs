using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>
/// What both ends of spiped's handshake do (DESIGN, steps 1 to 5); <see cref="ClientHandshake"/> and
/// <see cref="ServerHandshake"/> say in which order. Everything that both ends know comes as the client's half followed
/// by the server's: nonces, MAC keys, session keys. Borrows the secret, owns and zeroes all else.
/// Not for use by two threads at a time.
/// </summary>
public abstract class Handshake : IDisposable
{
    /// <summary>Bytes of a nonce: each end's first message.</summary>
    public const int NonceSize = 32;

    /// <summary>Bytes of y ‖ h, a Diffie-Hellman value and its HMAC-SHA256: each end's second message.</summary>
    public const int AuthenticatedValueSize = DiffieHellmanGroup14.ElementSize + HmacSha256.Size;

    private readonly SharedSecret[] _secrets;
    private readonly ForwardSecrecy _forwardSecrecy;
    private readonly byte[] _nonces = new byte[2 * NonceSize];
    private readonly SecretMemory _valueMacKeys = new(KeySchedule.ValueMacKeysSize);
    private readonly byte[] _peerValue = new byte[DiffieHellmanGroup14.ElementSize];
    private EphemeralKeyPair? _keyPair;
    private HandshakeStep _step = HandshakeStep.ReceiveNonce;

    private protected Handshake(SharedSecret[] secrets, ForwardSecrecy forwardSecrecy)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        ArgumentOutOfRangeException.ThrowIfZero(secrets.Length, nameof(secrets));
        _secrets = secrets;
        _forwardSecrecy = forwardSecrecy;
        RandomNumberGenerator.Fill(OwnHalf(_nonces));
    }

    // For known answers; owns the pair.
    private protected Handshake(
        SharedSecret secret, ForwardSecrecy forwardSecrecy, ReadOnlySpan<byte> nonce, EphemeralKeyPair keyPair)
    {
        _secrets = [secret];
        _forwardSecrecy = forwardSecrecy;
        nonce.CopyTo(OwnHalf(_nonces));
        _keyPair = keyPair;
    }

    /// <summary>This end's nonce, 32 random bytes: send it at once, without waiting for the peer's.</summary>
    public ReadOnlySpan<byte> Nonce => OwnHalf(_nonces);

    /// <summary>Which of the secrets the session is made from: the peer's, once its value was accepted.</summary>
    public int SecretIndex { get; private set; }

    internal SecretMemory ValueMacKeys => _valueMacKeys;

    internal EphemeralKeyPair? KeyPair => _keyPair;

    /// <summary>Takes the peer's nonce.</summary>
    /// <param name="peerNonce">32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public void ReceiveNonce(ReadOnlySpan<byte> peerNonce)
    {
        Expect(HandshakeStep.ReceiveNonce);
        if (peerNonce.Length != NonceSize)
            throw new ArgumentException($"A nonce has {NonceSize} bytes, not {peerNonce.Length}.", nameof(peerNonce));
        peerNonce.CopyTo(PeerHalf(_nonces));
        if (_secrets.Length == 1)
            KeySchedule.DeriveValueMacKeys(_secrets[0], _nonces, _valueMacKeys.Span);
        _step = StepAfter(HandshakeStep.ReceiveNonce);
    }

    /// <summary>
    /// Writes y ‖ h, this end's message. Costly, an exponentiation, unless forward secrecy is disabled (y = 1).
    /// </summary>
    /// <param name="destination">At least 288 bytes.</param>
    /// <exception cref="ArgumentException">Too short.</exception>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public void WriteValue(Span<byte> destination)
    {
        Expect(HandshakeStep.WriteValue);
        if (destination.Length < AuthenticatedValueSize)
            throw new ArgumentException($"The value has {AuthenticatedValueSize} bytes; there is room for {destination.Length}.", nameof(destination));
        Span<byte> value = destination[..DiffieHellmanGroup14.ElementSize];
        if (_forwardSecrecy == ForwardSecrecy.Disabled)
            DiffieHellmanGroup14.WriteOne(value);
        else
            (_keyPair ??= EphemeralKeyPair.Generate()).PublicValue.CopyTo(value);
        ComputeMac(OwnHalf(_valueMacKeys.Span), value, destination[DiffieHellmanGroup14.ElementSize..]);
        _step = StepAfter(HandshakeStep.WriteValue);
    }

    /// <summary>
    /// Checks the peer's y ‖ h: first the MAC, in constant time, then y &lt; p, then y ≠ 1 where that is required. Cheap,
    /// with several secrets for each of them.
    /// After any answer but <see cref="PeerValueCheck.Accepted"/> the handshake is over and the connection must be
    /// dropped without another byte.
    /// </summary>
    /// <param name="value">288 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public PeerValueCheck ReceiveValue(ReadOnlySpan<byte> value)
    {
        Expect(HandshakeStep.ReceiveValue);
        if (value.Length != AuthenticatedValueSize)
            throw new ArgumentException($"A value has {AuthenticatedValueSize} bytes, not {value.Length}.", nameof(value));
        PeerValueCheck check = CheckValue(value);
        _step = check == PeerValueCheck.Accepted ? StepAfter(HandshakeStep.ReceiveValue) : HandshakeStep.Over;
        return check;
    }

    /// <summary>The session's keys; the caller disposes them. Costly, an exponentiation, unless either value is 1.</summary>
    /// <exception cref="InvalidOperationException">The peer's value was not accepted, or this end's not written.</exception>
    public SessionKeys DeriveKeys()
    {
        Expect(HandshakeStep.DeriveKeys);
        _step = HandshakeStep.Over;
        Span<byte> sharedValue = stackalloc byte[DiffieHellmanGroup14.ElementSize];
        ComputeSharedValue(sharedValue);
        Span<byte> keys = stackalloc byte[KeySchedule.SessionKeysSize];
        KeySchedule.DeriveSessionKeys(_secrets[SecretIndex], _nonces, sharedValue, keys);
        var session = new SessionKeys(sealerKeys: OwnHalf(keys), openerKeys: PeerHalf(keys));
        CryptographicOperations.ZeroMemory(sharedValue);
        CryptographicOperations.ZeroMemory(keys);
        return session;
    }

    /// <summary>Zeroes the MAC keys and the ephemeral pair.</summary>
    public void Dispose()
    {
        _step = HandshakeStep.Over;
        _valueMacKeys.Dispose();
        _keyPair?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract Span<byte> OwnHalf(Span<byte> clientThenServer);

    private protected abstract Span<byte> PeerHalf(Span<byte> clientThenServer);

    private protected abstract HandshakeStep StepAfter(HandshakeStep step);

    internal void ComputeSharedValue(Span<byte> sharedValue)
    {
        if (_forwardSecrecy == ForwardSecrecy.Disabled || DiffieHellmanGroup14.IsOne(_peerValue))
            DiffieHellmanGroup14.WriteOne(sharedValue);
        else
            _keyPair!.ComputeSharedValue(_peerValue, sharedValue);
    }

    private PeerValueCheck CheckValue(ReadOnlySpan<byte> value)
    {
        value[..DiffieHellmanGroup14.ElementSize].CopyTo(_peerValue);
        if (_secrets.Length > 1)
        {
            SecretIndex = ClientSecret.Find(_secrets, _nonces, value);
            KeySchedule.DeriveValueMacKeys(_secrets[SecretIndex], _nonces, _valueMacKeys.Span);
        }

        Span<byte> mac = stackalloc byte[HmacSha256.Size];
        ComputeMac(PeerHalf(_valueMacKeys.Span), _peerValue, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, value[DiffieHellmanGroup14.ElementSize..]))
            return PeerValueCheck.BadMac;
        if (!DiffieHellmanGroup14.IsInRange(_peerValue))
            return PeerValueCheck.OutOfRange;
        return _forwardSecrecy == ForwardSecrecy.Required && DiffieHellmanGroup14.IsOne(_peerValue)
            ? PeerValueCheck.WeakRefused
            : PeerValueCheck.Accepted;
    }

    private static void ComputeMac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Span<byte> mac)
    {
        using var hmac = new HmacSha256(key);
        hmac.Compute(value, [], mac);
    }

    private void Expect(HandshakeStep step)
    {
        if (_step != step)
            throw new InvalidOperationException($"The handshake's next step is {_step}, not {step}.");
    }
}
