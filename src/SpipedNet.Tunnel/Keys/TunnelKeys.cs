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
    private IReadOnlyList<ClientKey> _revoked = [];
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

    /// <summary>The keys that were taken away while a connection had them that is open still.</summary>
    public IReadOnlyList<ClientKey> RevokedClients
    {
        get
        {
            lock (_lock)
                return [.. _revoked.Where(key => key.OpenConnections > 0)];
        }
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
    /// <returns>How many keys came and how many went.</returns>
    public (int Added, int Revoked) Replace(KeyRing next)
    {
        lock (_lock)
        {
            int revoked = Revoke(next);
            int added = 0;
            foreach (RingKey key in next.Keys)
            {
                if (_ring.Find(key) is { } earlier)
                    key.Continue(earlier.Client);
                else
                    added++;
            }

            _ring.Dispose();
            _ring = next;
            return (added, revoked);
        }
    }

    /// <summary>Revokes the keys that another ring lacks; for a tunnel that begins no handshake any more.</summary>
    public void RevokeAllBut(KeyRing others)
    {
        lock (_lock)
        {
            // Its last connection may have ended just now.
            if (!_isDisposed)
                Revoke(others);
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

    private int Revoke(KeyRing others)
    {
        ClientKey[] revoked = [.. _ring.Keys.Where(key => others.Find(key) is null).Select(key => key.Client)];
        foreach (ClientKey key in revoked)
            key.IsRevoked = true;
        _revoked = [.. _revoked.Where(key => key.OpenConnections > 0), .. revoked];
        return revoked.Length;
    }
}
