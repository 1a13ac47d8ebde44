namespace SpipedNet.Tunnel.Keys;

/// <summary>What has become of a tunnel's keys when they were read again.</summary>
/// <param name="Added">Those that came.</param>
/// <param name="Revoked">Those that went.</param>
internal sealed record KeyChange(IReadOnlyList<ClientKey> Added, IReadOnlyList<ClientKey> Revoked)
{
    // What fits a line that somebody reads.
    private const int MostNames = 10;

    /// <summary>Whether there is nothing to tell.</summary>
    public bool IsEmpty => Added.Count + Revoked.Count == 0;

    /// <summary>In words, with the names.</summary>
    public override string ToString() => string.Join(
        ", ", new[] { Describe(Added, "added"), Describe(Revoked, "removed") }.Where(part => part.Length > 0));

    private static string Describe(IReadOnlyList<ClientKey> keys, string what)
    {
        if (keys.Count == 0)
            return "";
        string names = string.Join(", ", keys.Take(MostNames).Select(key => key.Name ?? key.Fingerprint));
        return $"{keys.Count} {what} ({names}{(keys.Count > MostNames ? ", ..." : "")})";
    }
}
