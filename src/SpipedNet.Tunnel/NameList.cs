namespace SpipedNet.Tunnel;

/// <summary>Names for a line of log.</summary>
internal static class NameList
{
    // What fits a line that somebody reads.
    private const int Most = 10;

    /// <summary>The names in parentheses after what they are the names of, the first of many; empty for none.</summary>
    public static string Of(IEnumerable<string> names)
    {
        string[] some = [.. names.Take(Most + 1)];
        return some.Length == 0 ? "" : $" ({string.Join(", ", some.Take(Most))}{(some.Length > Most ? ", ..." : "")})";
    }
}
