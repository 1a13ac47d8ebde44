using SpipedNet.Protocol;

namespace SpipedNet.Tunnel.Keys;

/// <summary>A key of a ring: the secret, and what is known of it.</summary>
internal sealed class RingKey(SharedSecret secret, string? name)
{
    public SharedSecret Secret { get; } = secret;

    public ClientKey Client { get; private set; } = new(name, secret.Fingerprint);

    /// <summary>Stands for the same key of an earlier ring from now on. Before the ring is used.</summary>
    public void Continue(ClientKey earlier)
    {
        earlier.Name = Client.Name;
        Client = earlier;
    }
}

/// <summary>
/// The keys that a tunnel has at one time, no two alike. Zeroes them once it was disposed and nobody has a lease any more.
/// Thread-safe.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private readonly Dictionary<string, RingKey> _byFingerprint = [];
    private readonly bool _isOwner;
    private int _users = 1;

    /// <summary>Takes the secrets over.</summary>
    /// <param name="keys">At least one.</param>
    public KeyRing(IReadOnlyList<RingKey> keys)
        : this(keys, isOwner: true)
    {
    }

    private KeyRing(IReadOnlyList<RingKey> keys, bool isOwner)
    {
        (Keys, _isOwner) = (keys, isOwner);
        Secrets = [.. keys.Select(key => key.Secret)];
        foreach (RingKey key in keys)
            _byFingerprint.TryAdd(key.Client.Fingerprint, key);
    }

    /// <summary>A ring of one secret that stays the caller's.</summary>
    public static KeyRing Borrowing(SharedSecret secret) => new([new RingKey(secret, name: null)], isOwner: false);

    /// <summary>The keys, in their order.</summary>
    public IReadOnlyList<RingKey> Keys { get; }

    /// <summary>Their secrets, in the same order.</summary>
    public SharedSecret[] Secrets { get; }

    /// <summary>The same key, whatever its name; null for none.</summary>
    public RingKey? Find(RingKey other) => FindLike(other.Client) switch
    {
        null => null,
        var like when like.Secret.IsSame(other.Secret) => like,
        // Two that share the 32 bits of a fingerprint.
        _ => Keys.FirstOrDefault(key => key.Secret.IsSame(other.Secret)),
    };

    /// <summary>A key with the same fingerprint, to which nothing but bookkeeping may be left; null for none.</summary>
    public RingKey? FindLike(ClientKey other) => _byFingerprint.GetValueOrDefault(other.Fingerprint);

    /// <summary>Keeps the secrets until <see cref="Return"/>. Only where the ring cannot be disposed meanwhile.</summary>
    public void Lend() => Interlocked.Increment(ref _users);

    /// <summary>Ends a lease.</summary>
    public void Return()
    {
        if (Interlocked.Decrement(ref _users) != 0 || !_isOwner)
            return;
        foreach (SharedSecret secret in Secrets)
            secret.Dispose();
    }

    /// <summary>Ends the owner's use; once.</summary>
    public void Dispose() => Return();
}
