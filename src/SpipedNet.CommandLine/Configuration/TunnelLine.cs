using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Configuration;

/// <summary>A line of a configuration: <c>NAME:</c> and a tunnel's options, read as a command line is.</summary>
internal static class TunnelLine
{
    private const int MaxNameLength = 64;

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
        if (!word.EndsWith(':') || word.Length == 1)
            return $"a line begins with the tunnel's name and a colon, and then a blank: NAME: -e -s SOURCE -t TARGET -k KEYFILE; this one begins with {word}";
        return word.Length <= MaxNameLength + 1 && word[..^1].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@')
            ? null
            : $"the name {word[..^1]}: a name may have letters, digits and . _ - @, at most {MaxNameLength}";
    }

    private static string? Read(string[] options, OptionReader reader, TunnelArguments arguments)
    {
        if (Array.Find(options, option => DaemonCommandLine.ProcessOptionNames.Contains(option)) is { } option && !IsValue(options, option, reader))
            return $"{option} belongs to the process: write it on the command line, beside -c";
        return (reader.Read(options) ?? arguments.Check(reader) ?? reader.CheckShared()) switch
        {
            null => null,
            { Reason: StopReason.ShowHelp or StopReason.ShowVersion } => "-h and -v are for the command line",
            { Message: var message } => message,
        };
    }

    // Such as the file of "-k -F".
    private static bool IsValue(string[] options, string option, OptionReader reader) =>
        Array.IndexOf(options, option) is > 0 and int index && reader.HasValue(options[index - 1]);

    private static string? CheckPlace(OptionReader reader, TunnelArguments arguments)
    {
        if (reader.Value(reader.KeyFiles)!.Contains(KeyFile.StandardInput))
            return "-k -: a configuration's keys come from files";
        return arguments.IsSourcePassed(reader)
            ? "-s systemd: a socket is passed to a process with one tunnel; give its options on the command line, without -c"
            : null;
    }
}
