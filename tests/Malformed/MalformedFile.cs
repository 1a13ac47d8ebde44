using System.Text;

namespace SpipedNet.Tests.Malformed;

/// <summary>What is wrong with a file's line.</summary>
/// <param name="Line">Counted from the first that is malformed; 0 for the file's first.</param>
/// <param name="Reason">A part of what is to be said.</param>
internal sealed record Mistake(int Line, string Reason);

/// <summary>A configuration with mistakes in its midst.</summary>
/// <param name="Text">
/// The malformed lines. U+DC80 to U+DCFF, which are no characters, stand for bytes 0x80 to 0xFF that are no UTF-8.
/// </param>
/// <param name="Mistakes">All that are to be told, in their order.</param>
internal sealed record MalformedFile(string Text, params Mistake[] Mistakes)
{
    public MalformedFile(string text, string reason)
        : this(text, 1, reason)
    {
    }

    public MalformedFile(string text, int line, string reason)
        : this(text, new Mistake(line, reason))
    {
    }

    /// <summary>How the whole file is stored; null for UTF-8.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Whether nothing follows the malformed lines, not even a line's end.</summary>
    public bool IsLast { get; init; }

    /// <summary>The file's bytes.</summary>
    /// <param name="before">Good lines.</param>
    /// <param name="after">Good lines, for a file that does not end with the malformed ones.</param>
    public byte[] Compose(IEnumerable<string> before, IEnumerable<string> after)
    {
        string text = string.Concat(before.Select(line => $"{line}\n")) + Text;
        if (!IsLast)
            text += string.Concat(after.Select(line => $"\n{line}")) + '\n';
        return Encoding is null ? Bytes(text) : [.. Encoding.GetPreamble(), .. Encoding.GetBytes(text)];
    }

    /// <summary>Where a mistake is, as a file's user counts.</summary>
    public static int LineOf(Mistake mistake, int linesBefore) => mistake.Line == 0 ? 1 : linesBefore + mistake.Line;

    public override string ToString() => Text.Length <= 100 ? Text : $"{Text[..100]} ... ({Text.Length} characters)";

    private static byte[] Bytes(string text)
    {
        var bytes = new MemoryStream(text.Length);
        foreach (Range piece in Pieces(text))
        {
            if (text[piece] is [>= '\udc80' and <= '\udcff' and var raw])
                bytes.WriteByte((byte)raw);
            else
                bytes.Write(System.Text.Encoding.UTF8.GetBytes(text[piece]));
        }

        return bytes.ToArray();
    }

    // Each byte that is none alone, and what stands between them.
    private static IEnumerable<Range> Pieces(string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            int next = text.AsSpan(start).IndexOfAnyInRange('\udc80', '\udcff');
            end = next == 0 ? start + 1 : next < 0 ? text.Length : start + next;
            yield return start..end;
        }
    }
}
