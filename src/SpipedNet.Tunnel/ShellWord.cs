namespace SpipedNet.Tunnel;

/// <summary>A text as a shell's command line has it, so that advice can be pasted whatever a path contains.</summary>
internal static class ShellWord
{
    /// <summary>The text as one word.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(IsPlain) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A path as a word that no command takes for an option, nor scp for a file of another host.</summary>
    public static string OfPath(string path)
    {
        bool isMistakable = path.StartsWith('-') || path.Contains(':', StringComparison.Ordinal) && !path.StartsWith('/');
        return Quote(isMistakable ? $"./{path}" : path);
    }

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || "_-+=:,./@%".Contains(c, StringComparison.Ordinal);
}
