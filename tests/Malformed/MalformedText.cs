using System.Text;

namespace SpipedNet.Tests.Malformed;

/// <summary>Files that are no text, or whose words are none.</summary>
internal static class MalformedText
{
    private const string B = "b: -e -s /none/b -t /t -k ";
    private const string NoText = "this is no text in UTF-8";
    private static readonly string Padding = string.Concat(Enumerable.Repeat("# a comment as long as this one is, to fill the buffers of whoever reads it\n", 2000));

    /// <summary>Bytes that are no UTF-8.</summary>
    public static readonly MalformedFile[] Encodings =
    [
        new(B + "key", 0, "this is text in UTF-16; save it in UTF-8") { Encoding = Encoding.Unicode },
        new(B + "key", 0, "this is text in UTF-16; save it in UTF-8") { Encoding = Encoding.BigEndianUnicode },
        new(B + "key", 0, "this is text in UTF-16; save it in UTF-8") { Encoding = Encoding.UTF32 },
        new("b\0:\0 \0-\0e\0\n\0", new Mistake(1, "code 0, as in UTF-16"), new Mistake(2, "code 0, as in UTF-16")) { IsLast = true },
        new("\0b\0:\0 \0-\0e", "code 0, as in UTF-16"),
        new("\u001f\udc8b\u0008\0\0", NoText),
        new("\u007fELF\u0002\u0001\u0001\0\0", "a control character, code 127"),
        new(B + "key\udcff", NoText),
        new(B + "\udcfekey", NoText),
        new(B + "k\udc80y", NoText),
        new(B + "k\udce9y", NoText),
        new("\udce4: -e -s /none/b -t /t -k key", NoText),
        new("b: -e -s /none/b\udcc0\udcaf -t /t -k key", NoText),
        new("b: -e -s /none/b\udced\udca0\udc80 -t /t -k key", NoText),
        new("b: -e -s /none/b\udcf4\udc90\udc80\udc80 -t /t -k key", NoText),
        new(B + "'ключ\udcd0'", NoText),
        new(B + "\udc93key\udc94", NoText),
        new("# K\udcfcchenger\udce4te\n" + B + "key", NoText),
        new("# one\n# two\n" + B + "key # \udcb5", 3, NoText),
        new(B + "\\\n  k\udca0y", 2, NoText),
        new(B + "key\udce2\udc82", NoText) { IsLast = true },
        new(Padding + B + "key\udcf0\udc9f\udc94", 2001, NoText),
        new("\ufeffb: -e -s /none/b -t /t -k key", "U+FEFF looks like nothing"),
        new("\ufeff# the second of two files\n" + B + "key", "U+FEFF looks like nothing"),
    ];

    /// <summary>Control characters, and others that look like what they are not.</summary>
    public static readonly MalformedFile[] Characters =
    [
        new("b\0: -e -s /none/b -t /t -k key", "control character, code 0"),
        new(B + "ke\0y", "control character, code 0"),
        new(B + "'ke\0y'", "control character, code 0"),
        new(B + "\"ke\0y\"", "control character, code 0"),
        new(B + "\\\0key", "a control character follows a backslash"),
        new(B + "\\\n\0key", 2, "control character, code 0"),
        new("\0", "control character, code 0"),
        new(new string('\0', 4096), "control character, code 0") { IsLast = true },
        new("b:\u0001", "control character, code 1"),
        new(B + "key\u0007", "control character, code 7"),
        new("b:\u000b-e -s /none/b -t /t -k key", "control character, code 11"),
        new(B + "key\u000c", "control character, code 12"),
        new("\u001b[31mb: -e -s /none/b -t /t -k key", "control character, code 27"),
        new(B + "'\u001b]0;key'", "control character, code 27"),
        new(B + "key\u001a", "control character, code 26"),
        new("b\u007f: -e -s /none/b -t /t -k key", "control character, code 127"),
        new("b:\u0085-e -s /none/b -t /t -k key", "control character, code 133"),
        new(B + "'\u009bkey'", "control character, code 155"),
        new(B + "key\rc: -e -s /c -t /t -k key", "control character, code 13"),
        new(B + "\"ke\ry\"", "control character, code 13"),
        new(B + "'ke\ty'", "control character, code 9"),
        new(B + "key \\\t-n 5", "a control character follows a backslash"),
        new("b:\u00a0-e -s /none/b -t /t -k key", "U+00A0 looks like a blank"),
        new("\u3000" + B + "key", "U+3000 looks like a blank"),
        new(B + "key\u2028", "U+2028 looks like a blank"),
        new("b\u200b: -e -s /none/b -t /t -k key", "U+200B looks like nothing"),
        new(B + "\u202eyek", "U+202E looks like nothing"),
        new(B + "\u201ckey\u201d", "U+201C looks like a quote"),
        new(B + "\u2018key\u2019", "U+2018 looks like a quote"),
        new("b: \u2013e -s /none/b -t /t -k key", "U+2013 looks like a hyphen"),
        new("b: -e -s /none/b -t /t \u2014k key", "U+2014 looks like a hyphen"),
    ];

    /// <summary>Quotes and backslashes, and what a shell would do something with.</summary>
    public static readonly MalformedFile[] Words =
    [
        new(B + "'key", "the quote ' is not closed"),
        new(B + "\"key", "the quote \" is not closed"),
        new(B + "key'", "the quote ' is not closed"),
        new("'b: -e -s /none/b -t /t -k key", "the quote ' is not closed"),
        new(B + "'key\"", "the quote ' is not closed"),
        new(B + "\"it's", "the quote \" is not closed"),
        new(B + "\"key\\\"", "the quote \" is not closed"),
        new(B + "'a\nb'", new Mistake(1, "the quote ' is not closed"), new Mistake(2, "the quote ' is not closed")),
        new("b: -e \\\n -s '/b \\\n -t /t -k key", new Mistake(2, "the quote ' is not closed"), new Mistake(3, "begins with -t")),
        new(B + "\"key\\\n", "the quote \" is not closed"),
        new(B + "$KEY", "$ means something to a shell"),
        new(B + "${KEY}", "$ means something to a shell"),
        new(B + "\"$KEY\"", "$ means something to a shell even in double quotes"),
        new(B + "\"`key`\"", "` means something to a shell even in double quotes"),
        new(B + "`key`", "` means something to a shell"),
        new(B + "<(cat key)", "< means something to a shell"),
        new(B + "key | tee log", "| means something to a shell"),
        new(B + "key &", "& means something to a shell"),
        new(B + "key; true", "; means something to a shell"),
        new(B + "key > log", "> means something to a shell"),
        new("(" + B + "key)", "( means something to a shell"),
        new(B + "~/key", "~ means something to a shell"),
        new(B + "keys/*.key", "* means something to a shell"),
        new(B + "ke?", "? means something to a shell"),
        new(B + "key \\", "a backslash ends the last line") { IsLast = true },
        new(B + "key \\\n", "a backslash ends the last line") { IsLast = true },
        new(B + "key \\\r\n  \n\n", "a backslash ends the last line") { IsLast = true },
        new(B + "key \\ \n  -n 5", "blanks follow the backslash"),
        new(B + "key \\\t\r\n  -n 5", "blanks follow the backslash"),
        new("b: -e \\\n  -s /none/b -t /t \\  \n  -k key", 2, "blanks follow the backslash"),
        new(B + "key \\", "stands in the midst of a line"),
        new("b: \\\n\\\n" + B + "key", "the name b: stands in the midst of a line"),
        new(B + "key \\-n 5 \\-x", "illegal option -- -x"),
        new(B + "key //# a comment", "unexpected argument: //#"),
    ];
}
