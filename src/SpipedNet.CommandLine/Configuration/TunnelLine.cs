using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Configuration;

/// <summary>A line of a configuration: <c>NAME:</c> and a tunnel's options, read as a command line is.</summary>
internal static class TunnelLine
{
    private const int MaxNameLength = 64;

    private static readonly HashSet<string> ProcessOptions = [.. DaemonCommandLine.ProcessOptionNames];

    /// <summary>Reads the words of one line. Touches nothing but them.</summary>
    /// <param name="words">At least one.</param>
    /// <param name="place">Where they are written, <c>FILE:LINE</c>.</param>
    /// <param name="directory">What the paths of files are relative to.</param>
    /// <param name="definition">The tunnel, when the result is true.</param>
    /// <param name="error">What is wrong, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> words, string place, string directory,
        [NotNullWhen(true)] out TunnelDefinition? definition, [NotNullWhen(false)] out string? error)
    {
        definition = null;
        var arguments = new TunnelArguments();
        var reader = new OptionReader(mayRepeat: true, arguments.All);
        string[] options = [.. words.Skip(1)];
        error = CheckName(words[0]) ?? Read(options, reader, arguments) ?? CheckPlace(reader, arguments);
        if (error is not null)
            return false;
        definition = new TunnelDefinition
        {
            Name = words[0][..^1],
            Place = place,
            Words = options,
            Options = arguments.ToOptions(reader),
            KeyFiles = [.. reader.Value(reader.KeyFiles)!.Select(path => Path.Combine(directory, path))],
            RedisLogin = arguments.ToLogin(reader)?.From(directory),
            SentinelLogin = arguments.ToSentinelLogin(reader)?.From(directory),
        };
        return true;
    }

    // It stands in log lines, in metrics' labels and in what status prints.
    private static string? CheckName(string word)
    {
        if (IsProgram(word))
            return $"a line is NAME: and then options only: write the tunnel's name and a colon in the place of {word}, and leave out -F and the other options of the process";
        if (!word.EndsWith(':') || word.Length == 1)
            return $"a line begins with the tunnel's name and a colon, and then a blank: NAME: -e -s SOURCE -t TARGET -k KEYFILE; this one begins with {word}";
        return IsName(word)
            ? null
            : $"the name {word[..^1]}: a name may have letters, digits and . _ - @, at most {MaxNameLength}, and does not begin with -";
    }

    private static bool IsName(string word) => word.Length > 1 && word.Length <= MaxNameLength + 1 && word[^1] == ':'
        && word[0] != '-' && word[..^1].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@');

    // As a line of a shell, of a unit or of a cron table begins.
    private static bool IsProgram(string word) => Path.GetFileName(word) is "spiped" or "spiped-net";

    private static string? Read(string[] options, OptionReader reader, TunnelArguments arguments)
    {
        for (int i = 0; i < options.Length; i++)
        {
            // Such as the file of "-k -F".
            bool isValue = i > 0 && reader.HasValue(options[i - 1]);
            if (!isValue && FindMisplaced(options[i], reader) is { } misplaced)
                return misplaced;
        }

        return (reader.Read(options) ?? arguments.Check(reader) ?? reader.CheckShared()) switch
        {
            null => null,
            { Reason: StopReason.ShowHelp or StopReason.ShowVersion } => "-h and -v are for the command line",
            { Message: var message } => message,
        };
    }

    private static string? FindMisplaced(string word, OptionReader reader)
    {
        if (IsProgram(word))
            return $"a line is NAME: and then options only: leave out {word}, and -F and the other options of the process";
        if (IsName(word))
            return $"the name {word} stands in the midst of a line: does a backslash continue the line before by mistake?";
        return OptionsIn(word, reader).FirstOrDefault(ProcessOptions.Contains) is { } option
            ? $"{option} belongs to the process: write it on the command line, beside -c"
            : null;
    }

    // Up to one that has the rest of the word as its value, as getopt reads it.
    private static IEnumerable<string> OptionsIn(string word, OptionReader reader)
    {
        if (word.Length < 2 || word[0] != '-')
            return [];
        return word[1] == '-'
            ? [word.Split('=')[0]]
            : word.Skip(1).Select(letter => $"-{letter}").TakeWhile(option => !reader.HasValue(option));
    }

    private static string? CheckPlace(OptionReader reader, TunnelArguments arguments)
    {
        if (reader.Value(reader.KeyFiles)!.Contains(KeyFile.StandardInput))
            return "-k -: a configuration's keys come from files";
        return arguments.IsSourcePassed(reader)
            ? "-s systemd: a socket is passed to a process with one tunnel; give its options on the command line, without -c"
            : null;
    }
}
