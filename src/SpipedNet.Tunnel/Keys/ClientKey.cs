namespace SpipedNet.Tunnel.Keys;

/// <summary>
/// What is known of a key besides the key: it stays the same object while a tunnel's keys are read again, so that a
/// connection can tell later whether its key is still one of them. Thread-safe.
/// </summary>
internal sealed class ClientKey(string? name, string fingerprint)
{
    private volatile string? _name = name;
    private volatile bool _isRevoked;
    private int _open;
    private long _total;

    /// <summary>Whose it is; null for a tunnel's only key. A file that is renamed renames its connections.</summary>
    public string? Name
    {
        get => _name;
        set => _name = value;
    }

    /// <summary>As the log has it.</summary>
    public string Fingerprint { get; } = fingerprint;

    /// <summary>How many connections are open whose client has proved it.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>How many there were.</summary>
    public long TotalConnections => Interlocked.Read(ref _total);

    /// <summary>A connection has it, until <see cref="Leave"/>.</summary>
    public void Enter()
    {
        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref _total);
    }

    /// <summary>That connection has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);

    /// <summary>Whether the tunnel has it no longer.</summary>
    public bool IsRevoked
    {
        get => _isRevoked;
        set => _isRevoked = value;
    }
}
