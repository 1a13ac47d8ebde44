namespace SpipedNet.Tunnel.Keys;

/// <summary>What has become of a tunnel's keys when they were read again.</summary>
/// <param name="Added">Those that came.</param>
/// <param name="Revoked">Those that went.</param>
internal sealed record KeyChange(IReadOnlyList<ClientKey> Added, IReadOnlyList<ClientKey> Revoked)
{
    /// <summary>Whether there is nothing to tell.</summary>
    public bool IsEmpty => Added.Count + Revoked.Count == 0;

    /// <summary>In words, with the names.</summary>
    public override string ToString() => string.Join(
        ", ", new[] { Describe(Added, "added"), Describe(Revoked, "removed") }.Where(part => part.Length > 0));

    // A file whose key was exchanged for another names both.
    private static string Describe(IReadOnlyList<ClientKey> keys, string what) => keys.Count == 0
        ? ""
        : $"{keys.Count} {what}{NameList.Of(keys.Select(key => key.Name is null ? key.Fingerprint : $"{key.Name} {key.Fingerprint}"))}";
}
