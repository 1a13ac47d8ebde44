using System.Globalization;
using System.Text;

namespace SpipedNet.CommandLine.Configuration;

/// <summary>The words of a line and of those that continue it.</summary>
/// <param name="Number">The first line's, counted from 1.</param>
/// <param name="Words">At least one, unless there is an error.</param>
/// <param name="Error">Why there are no words; null when there are.</param>
internal sealed record ShellLine(int Number, IReadOnlyList<string> Words, string? Error = null);

/// <summary>
/// Splits a text into lines of words as a POSIX shell does (Shell Command Language, 2.2 and 2.3): quotes, backslashes,
/// comments, continued lines. Nothing is expanded, and what a shell would expand or run is an error. One object reads one
/// text.
/// </summary>
internal sealed class ShellWords
{
    private const string Operators = "$`|&;<>()*?";

    private readonly string _text;
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();
    private bool _isInWord;
    private int _next;
    private int _line = 1;
    private string? _error;
    private int _errorLine;

    private ShellWords(string text) => _text = text;

    /// <summary>Splits the text. A line with an error has no words; those after it are read.</summary>
    public static IEnumerable<ShellLine> Split(string text)
    {
        var reader = new ShellWords(text);
        while (reader._next < text.Length)
        {
            int number = reader._line;
            reader.ReadLine();
            if (reader._error is not null)
                yield return new ShellLine(reader._errorLine, [], reader._error);
            else if (reader._words.Count > 0)
                yield return new ShellLine(number, [.. reader._words]);
        }
    }

    private void ReadLine()
    {
        _words.Clear();
        _error = null;
        while (_next < _text.Length && _text[_next] != '\n')
            ReadSome();
        EndWord();
        _next++;
        _line++;
    }

    private void ReadSome()
    {
        char c = _text[_next++];
        if (c == '\\')
            ReadEscaped();
        else if (c == '\'')
            ReadQuoted('\'', "");
        else if (c == '"')
            ReadQuoted('"', "$`\"\\");
        // The carriage return is an editor's, before the line's end.
        else if (c is ' ' or '\t' || c == '\r' && (_next == _text.Length || _text[_next] == '\n'))
            EndWord();
        else if (c == '#' && !_isInWord)
            SkipComment();
        else if (char.IsControl(c))
            Fail(DescribeControl(c));
        else if (Operators.Contains(c, StringComparison.Ordinal) || c == '~' && !_isInWord)
            Fail($"{c} means something to a shell, and no shell reads this: if it belongs to the value, quote it, '{c}'");
        else if (Likeness(c) is { } likeness)
            Fail($"U+{(int)c:X4} looks like {likeness} and is another character: write {likeness}, or quote it if it belongs to the value");
        else
            Add(c);
    }

    private void ReadEscaped()
    {
        int end = _next;
        while (end < _text.Length && _text[end] is ' ' or '\t' or '\r')
            end++;
        if (end == _text.Length || _text[end] == '\n')
            ContinueLine(end);
        else if (char.IsControl(_text[_next]))
            Fail("a control character follows a backslash");
        else
            Add(_text[_next++]);
    }

    private void ReadQuoted(char quote, string escapable)
    {
        int start = _line;
        _isInWord = true;
        for (; _next < _text.Length && _text[_next] != quote && _text[_next] != '\n'; _next++)
        {
            char c = _text[_next];
            char following = _next + 1 < _text.Length ? _text[_next + 1] : '\0';
            if (c == '\\' && quote == '"' && following == '\n')
            {
                _next++;
                _line++;
            }
            else if (c == '\\' && escapable.Contains(following, StringComparison.Ordinal) && following != '\0')
                Add(_text[++_next]);
            else if (escapable.Contains(c, StringComparison.Ordinal) && c != '\\')
                Fail($"{c} means something to a shell even in double quotes; write it in single ones");
            else if (char.IsControl(c))
                Fail(DescribeControl(c));
            else
                Add(c);
        }

        // No value has several lines: a quote that is open at the end of one was forgotten there.
        if (_next < _text.Length && _text[_next] == quote)
            _next++;
        else
            Fail($"the quote {quote} is not closed", start);
    }

    // Also where it is a mistake: what stands in the next line was meant to belong to this one.
    private void ContinueLine(int end)
    {
        if (_text.AsSpan(_next..end) is not ("" or "\r"))
            Fail("blanks follow the backslash at the end of the line, so it continues nothing; remove them");
        else if (_text.AsSpan(end).IsWhiteSpace())
            Fail("a backslash ends the last line, and there is nothing for it to continue; remove it");
        _next = Math.Min(end + 1, _text.Length);
        _line++;
    }

    private static string DescribeControl(char c) => c == '\0'
        ? "there is a control character, code 0, as in UTF-16 or in what is no text; save it as text in UTF-8"
        : $"there is a control character, code {(int)c}";

    // What pages and word processors make of a blank, a quote or an option's hyphen, which is not to be seen in an error.
    private string? Likeness(char c) => c < 0x80 ? null : char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "a blank",
        UnicodeCategory.Format => "nothing",
        UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation => "a quote",
        UnicodeCategory.DashPunctuation when !_isInWord => "a hyphen",
        _ => null,
    };

    private void SkipComment()
    {
        while (_next < _text.Length && _text[_next] != '\n')
            _next++;
    }

    private void Add(char c)
    {
        _isInWord = true;
        _word.Append(c);
    }

    private void EndWord()
    {
        if (_isInWord)
            _words.Add(_word.ToString());
        _word.Clear();
        _isInWord = false;
    }

    private void Fail(string error, int? line = null)
    {
        if (_error is not null)
            return;
        _error = error;
        _errorLine = line ?? _line;
    }
}
