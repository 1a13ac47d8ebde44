namespace SpipedNet.Tunnel;

/// <summary>A text as a shell's command line has it, so that advice can be pasted whatever a path contains.</summary>
internal static class ShellWord
{
    public static string Quote(string text) =>
        text.Length > 0 && text.All(IsPlain) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || "_-+=:,./@%".Contains(c, StringComparison.Ordinal);
}
