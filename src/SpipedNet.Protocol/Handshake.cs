using System.Security.Cryptography;

namespace SpipedNet.Protocol;

/// <summary>What this end found when it looked at the peer's y‖h.</summary>
public enum PeerValueCheck
{
    /// <summary>The MAC is right and y is acceptable.</summary>
    Accepted,

    /// <summary>The MAC is wrong: the peer has another key, or is not spiped.</summary>
    BadMac,

    /// <summary>y is not below p.</summary>
    OutOfRange,

    /// <summary>y = 1, and this end requires forward secrecy.</summary>
    WeakRefused,
}

/// <summary>
/// What the two roles of a handshake share: nonces, the peer's y‖h, and the derivation of keys. The roles differ in who
/// speaks first and in whose halves of the derived keys are whose.
/// </summary>
public abstract class Handshake : IDisposable
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 32;

    /// <summary>Bytes of y‖h, the Diffie-Hellman value and its MAC.</summary>
    public const int AuthenticatedValueSize = DiffieHellmanGroup14.ElementSize + MacSize;

    private const int MacSize = 32;
    private const int MacKeySize = 32;

    private readonly SharedSecret _secret;
    private readonly ForwardSecrecy _forwardSecrecy;
    private readonly byte[] _nonce = new byte[NonceSize];

    // nonce_C ‖ nonce_S ‖ y_SC: the salt of both derivations; of the first only its first 64 bytes.
    private readonly SecretMemory _salt = new((2 * NonceSize) + DiffieHellmanGroup14.ElementSize);

    // dk1 = dhmac_C ‖ dhmac_S.
    private readonly SecretMemory _macKeys = new(2 * MacKeySize);
    private readonly byte[] _peerValue = new byte[DiffieHellmanGroup14.ElementSize];
    private EphemeralKeyPair? _pair;
    private bool _isPeerAccepted;

    private protected Handshake(SharedSecret secret, ForwardSecrecy forwardSecrecy)
    {
        _secret = secret;
        _forwardSecrecy = forwardSecrecy;
        RandomNumberGenerator.Fill(_nonce);
    }

    // For known answers.
    private protected Handshake(
        SharedSecret secret, ForwardSecrecy forwardSecrecy, ReadOnlySpan<byte> nonce, EphemeralKeyPair pair)
    {
        _secret = secret;
        _forwardSecrecy = forwardSecrecy;
        nonce.CopyTo(_nonce);
        _pair = pair;
    }

    /// <summary>This end's nonce, to be sent at once (step 1).</summary>
    public ReadOnlySpan<byte> Nonce => _nonce;

    /// <summary>Takes the peer's nonce and derives the keys that authenticate the exchange (step 2).</summary>
    /// <param name="peerNonce">32 bytes; copied.</param>
    public void ReceiveNonce(ReadOnlySpan<byte> peerNonce)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(peerNonce.Length, NonceSize);
        (IsClient ? _nonce : peerNonce).CopyTo(_salt.Span);
        (IsClient ? peerNonce : _nonce).CopyTo(_salt.Span[NonceSize..]);
        Rfc2898DeriveBytes.Pbkdf2(_secret.Key, _salt.Span[..(2 * NonceSize)], _macKeys.Span, 1, HashAlgorithmName.SHA256);
    }

    /// <summary>Writes this end's y‖h (step 3). Costs an exponentiation unless forward secrecy is disabled.</summary>
    /// <param name="destination">288 bytes.</param>
    public void WriteValue(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, AuthenticatedValueSize);
        _pair ??= _forwardSecrecy == ForwardSecrecy.Disabled ? EphemeralKeyPair.Weak() : EphemeralKeyPair.Generate();
        _pair.Value.CopyTo(destination);
        HMACSHA256.HashData(MacKey(ofClient: IsClient), _pair.Value, destination[DiffieHellmanGroup14.ElementSize..]);
    }

    /// <summary>Checks the peer's y‖h (step 3): first the MAC, in constant time, then y. Costs one hash.</summary>
    /// <param name="value">288 bytes; copied.</param>
    public PeerValueCheck ReceiveValue(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, AuthenticatedValueSize);
        ReadOnlySpan<byte> y = value[..DiffieHellmanGroup14.ElementSize];
        Span<byte> mac = stackalloc byte[MacSize];
        HMACSHA256.HashData(MacKey(ofClient: !IsClient), y, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, value[DiffieHellmanGroup14.ElementSize..]))
            return PeerValueCheck.BadMac;
        if (!DiffieHellmanGroup14.IsElement(y))
            return PeerValueCheck.OutOfRange;
        if (_forwardSecrecy == ForwardSecrecy.Required && IsOne(y))
            return PeerValueCheck.WeakRefused;
        y.CopyTo(_peerValue);
        _isPeerAccepted = true;
        return PeerValueCheck.Accepted;
    }

    /// <summary>Derives this end's session keys (steps 4 and 5). Costs an exponentiation unless forward secrecy is disabled.</summary>
    /// <exception cref="InvalidOperationException">The peer's value was not accepted, or ours was not written.</exception>
    public SessionKeys DeriveKeys()
    {
        if (!_isPeerAccepted || _pair is null)
            throw new InvalidOperationException("Both values must have been exchanged.");
        Span<byte> keys = stackalloc byte[2 * PacketKeys.MaterialSize];
        _pair.Agree(_peerValue, _salt.Span[(2 * NonceSize)..]);
        Rfc2898DeriveBytes.Pbkdf2(_secret.Key, _salt.Span, keys, 1, HashAlgorithmName.SHA256);
        Span<byte> ofClient = keys[..PacketKeys.MaterialSize];
        Span<byte> ofServer = keys[PacketKeys.MaterialSize..];
        var session = IsClient ? new SessionKeys(ofClient, ofServer) : new SessionKeys(ofServer, ofClient);
        CryptographicOperations.ZeroMemory(keys);
        return session;
    }

    /// <summary>Zeroes all secrets of the handshake; session keys that were derived live on.</summary>
    public void Dispose()
    {
        _salt.Dispose();
        _macKeys.Dispose();
        _pair?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract bool IsClient { get; }

    internal ReadOnlySpan<byte> MacKey(bool ofClient) => _macKeys.Span.Slice(ofClient ? 0 : MacKeySize, MacKeySize);

    internal ReadOnlySpan<byte> AgreedValue => _salt.Span[(2 * NonceSize)..];

    private static bool IsOne(ReadOnlySpan<byte> y) => y[^1] == 1 && !y[..^1].ContainsAnyExcept((byte)0);
}
