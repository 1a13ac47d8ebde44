namespace SpipedNet.CommandLine;

/// <summary>What is quoted from a file that may be anything, so that an error remains a line that somebody reads.</summary>
internal static class Excerpt
{
    private const int Start = 400, End = 200;

    /// <summary>The text, or its beginning and its end: a reason stands after what it quotes as often as before.</summary>
    public static string Of(string text) =>
        text.Length <= 2 * (Start + End) ? text : $"{text[..Start]} ... {text[^End..]}";
}
