namespace SpipedNet.Tunnel.Keys;

/// <summary>
/// What is known of a key besides the key: it stays the same object while a tunnel's keys are read again, so that a
/// connection can tell later whether its key is still one of them. Thread-safe.
/// </summary>
internal sealed class ClientKey(string? name, string fingerprint)
{
    private volatile string? _name = name;
    private volatile bool _isRevoked;

    /// <summary>Whose it is; null for a tunnel's only key. A file that is renamed renames its connections.</summary>
    public string? Name
    {
        get => _name;
        set => _name = value;
    }

    /// <summary>As the log has it.</summary>
    public string Fingerprint { get; } = fingerprint;

    /// <summary>Whether the tunnel has it no longer.</summary>
    public bool IsRevoked
    {
        get => _isRevoked;
        set => _isRevoked = value;
    }
}
