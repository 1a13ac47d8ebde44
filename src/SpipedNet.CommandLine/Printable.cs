namespace SpipedNet.CommandLine;

/// <summary>Text that may have come from a peer, another process or the name of a file.</summary>
internal static class Printable
{
    /// <summary>The same without what is a command for a terminal, or the end of a line.</summary>
    public static string Of(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
