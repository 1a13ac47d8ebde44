using SpipedNet.Protocol;

namespace SpipedNet.Tunnel.Keys;

/// <summary>The keys of one handshake, which may use them until it disposes this.</summary>
internal readonly struct KeyLease(KeyRing ring) : IDisposable
{
    /// <summary>The secrets, for a server.</summary>
    public SharedSecret[] Secrets => ring.Secrets;

    /// <summary>The one key of a client.</summary>
    public RingKey Only => ring.Keys[0];

    /// <summary>Whose the secret is that a client has proved.</summary>
    public ClientKey ClientOf(int secretIndex) => ring.Keys[secretIndex].Client;

    public void Dispose() => ring.Return();
}

/// <summary>The keys of a tunnel, which may be replaced while it runs. Thread-safe.</summary>
internal sealed class TunnelKeys(KeyRing ring) : IDisposable
{
    private readonly Lock _lock = new();
    private KeyRing _ring = ring;

    // Those that were taken away, whose secrets may be zeroed: a connection may have one, and one may come back.
    private IReadOnlyList<ClientKey> _former = [];
    private bool _isDisposed;

    /// <summary>The keys as they are now.</summary>
    public IReadOnlyList<ClientKey> Clients
    {
        get
        {
            lock (_lock)
                return [.. _ring.Keys.Select(key => key.Client).Where(key => !key.IsRevoked)];
        }
    }

    /// <summary>These, and those that were taken away.</summary>
    public IReadOnlyList<ClientKey> AllClients
    {
        get
        {
            lock (_lock)
                return [.. Clients.Union(_former)];
        }
    }

    /// <summary>How many of them another ring has.</summary>
    public int CountShared(KeyRing other)
    {
        lock (_lock)
            return _isDisposed ? 0 : _ring.Keys.Count(key => other.Find(key) is not null);
    }

    /// <summary>The keys for one handshake.</summary>
    public KeyLease Take()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _ring.Lend();
            return new KeyLease(_ring);
        }
    }

    /// <summary>Takes the next ring's keys for all handshakes from now on. Those of before that it lacks are revoked.</summary>
    public KeyChange Replace(KeyRing next)
    {
        lock (_lock)
        {
            var added = new List<ClientKey>();
            // One that is back, under whatever name: its secret is zeroed, and the fingerprint has to do.
            var former = new Dictionary<string, ClientKey>();
            foreach (ClientKey key in _former)
                former.TryAdd(key.Fingerprint, key);
            foreach (RingKey key in next.Keys)
            {
                ClientKey? known = _ring.Find(key)?.Client;
                if ((known ?? former.GetValueOrDefault(key.Client.Fingerprint)) is { } earlier)
                    key.Continue(earlier);
                if (known is null)
                    added.Add(key.Client);
            }

            IReadOnlyList<ClientKey> revoked = Judge(next);
            _ring.Dispose();
            _ring = next;
            return new KeyChange(added, revoked);
        }
    }

    /// <summary>Has those keys revoked that another ring lacks, and no other; for a tunnel that begins no handshake any more.</summary>
    /// <returns>Those that are revoked only now.</returns>
    public IReadOnlyList<ClientKey> Follow(KeyRing others)
    {
        lock (_lock)
        {
            // Its last connection may have ended just now.
            return _isDisposed ? [] : Judge(others);
        }
    }

    /// <summary>No handshake begins any more; those that go on keep their keys until they end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _ring.Dispose();
        }
    }

    // Returns those that are revoked only now.
    private List<ClientKey> Judge(KeyRing valid)
    {
        var gone = new List<ClientKey>();
        foreach (RingKey key in _ring.Keys)
        {
            bool isGone = valid.Find(key) is null;
            if (isGone && !key.Client.IsRevoked)
                gone.Add(key.Client);
            key.Client.IsRevoked = isGone;
        }

        foreach (ClientKey former in _former)
            former.IsRevoked = valid.FindLike(former) is null;
        _former = [.. _former.Union(gone)];
        // Keys may come and go for years.
        if (_former.Count > KeyFiles.MaxKeys)
            _former = [.. _former.Where(key => key.OpenConnections > 0)];
        return gone;
    }
}
