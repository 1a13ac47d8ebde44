using System.Diagnostics.CodeAnalysis;
using System.Text;
using SpipedNet.Tunnel;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.CommandLine.Configuration;

/// <summary>The tunnels that a file has, or a directory of files NAME.conf.</summary>
internal static class ConfigurationFile
{
    // 200 bytes a tunnel: room for more of them than one host has ports to spare.
    private const int MaxBytes = 4 << 20;

    // What somebody reads: of a file that is no configuration each line is a mistake.
    private const int MaxErrors = 20;

    private const string Extension = ".conf";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads all of it.</summary>
    /// <param name="path">The file or the directory (<c>-c</c>).</param>
    /// <param name="tunnels">At least one, when the result is true.</param>
    /// <param name="errors">One line each, with file and line, when the result is false; of many the first ones, and their number.</param>
    public static bool TryRead(
        string path, [NotNullWhen(true)] out IReadOnlyList<TunnelDefinition>? tunnels, out IReadOnlyList<string> errors)
    {
        var found = new List<TunnelDefinition>();
        var heard = new List<string>();
        foreach (string file in List(path, heard))
            ReadFile(file, found, heard);
        if (heard.Count == 0)
            heard.AddRange(FindConflicts(found));
        if (heard.Count == 0 && found.Count == 0)
            heard.Add($"{path}: there is no tunnel in it; a line has NAME: and spiped's options");
        errors = heard.Count <= MaxErrors ? heard : [.. heard.Take(MaxErrors), $"{path}: and {heard.Count - MaxErrors} mistakes more"];
        tunnels = heard.Count == 0 ? found : null;
        return tunnels is not null;
    }

    /// <summary>Says which of the files and directories others may change, and so what this program does; a line each.</summary>
    public static IEnumerable<string> FindWarnings(string path) => List(path, []).Prepend(path).Distinct()
        .Where(WritableByOthers.Is)
        .Select(file => $"{file}: other users of this machine may change what it says; close it: chmod go-w {ShellWord.Quote(file)}");

    /// <summary>The tunnels that a text has, and what is wrong with it. Touches nothing but it.</summary>
    /// <param name="text">A file's.</param>
    /// <param name="file">Its path, from which those that it names start.</param>
    /// <param name="tunnels">Receives them.</param>
    /// <param name="errors">Receives one line for each line that is none.</param>
    public static void Parse(string text, string file, List<TunnelDefinition> tunnels, List<string> errors)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(file))!;
        foreach (ShellLine line in ShellWords.Split(text))
        {
            string place = $"{file}:{line.Number}";
            string? error = line.Error;
            if (error is null && TunnelLine.TryParse(line.Words, place, directory, out TunnelDefinition? tunnel, out error))
                tunnels.Add(tunnel);
            else
                errors.Add($"{place}: {Excerpt.Of(error!)}");
        }
    }

    private static string[] List(string path, List<string> errors)
    {
        if (!Directory.Exists(path))
            return [path];
        try
        {
            string[] files = [.. Directory.EnumerateFiles(path, $"*{Extension}").Where(file => !Path.GetFileName(file).StartsWith('.'))];
            Array.Sort(files, StringComparer.Ordinal);
            if (files.Length == 0)
                errors.Add($"{path}: there is no file NAME{Extension} in this directory");
            return files;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.Add($"cannot list the files in {path}: {SystemError.Describe(path, failure)}");
            return [];
        }
    }

    private static void ReadFile(string file, List<TunnelDefinition> tunnels, List<string> errors)
    {
        try
        {
            if (FileIdentity.KindBehind(file) is { } kind and not FileKind.Regular)
            {
                errors.Add($"{file}: it is {kind.Describe()}, and a configuration is a regular file, to be read again");
                return;
            }

            using FileStream stream = File.OpenRead(file);
            // A mark of UTF-16 would have it read otherwise.
            using var reader = new StreamReader(stream, Utf8, detectEncodingFromByteOrderMarks: false);
            if (stream.Length > MaxBytes)
                errors.Add($"{file}: it has {stream.Length} bytes, and a configuration at most {MaxBytes}");
            else
                Parse(reader.ReadToEnd().TrimStart('\uFEFF'), file, tunnels, errors);
        }
        catch (DecoderFallbackException)
        {
            (int line, string reason) = FindBadText(file);
            errors.Add($"{file}:{line}: {reason}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.Add($"cannot read {file}: {SystemError.Describe(file, failure)}");
        }
    }

    private static (int Line, string Reason) FindBadText(string file)
    {
        ReadOnlySpan<byte> text = File.ReadAllBytes(file);
        if (text is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
            return (1, "this is text in UTF-16; save it in UTF-8");
        int number = 1;
        foreach (Range line in text.Split((byte)'\n'))
        {
            if (!System.Text.Unicode.Utf8.IsValid(text[line]))
                break;
            number++;
        }

        return (number, "this is no text in UTF-8");
    }

    private static IEnumerable<string> FindConflicts(List<TunnelDefinition> tunnels)
    {
        var names = new Dictionary<string, TunnelDefinition>(StringComparer.Ordinal);
        // By path or port, since each would have to be compared with all others.
        var sources = new Dictionary<string, List<TunnelDefinition>>(StringComparer.Ordinal);
        foreach (TunnelDefinition tunnel in tunnels)
        {
            if (!names.TryAdd(tunnel.Name!, tunnel))
                yield return tunnel.Blame($"the name {tunnel.Name} is taken, by {names[tunnel.Name!].Place}");
            TunnelAddress source = tunnel.Options.Source;
            string place = source.UnixPath is { } path ? Path.GetFullPath(path) : $":{source.Port}";
            if (!sources.TryGetValue(place, out List<TunnelDefinition>? others))
                sources[place] = others = [];
            if (others.Find(other => other.Options.Source.Overlaps(source)) is { } same)
                yield return tunnel.Blame($"{source} is the source of {same.Name}, too{Other(source, same.Options.Source)} ({same.Place})");
            others.Add(tunnel);
        }

        static string Other(TunnelAddress source, TunnelAddress same) => source == same ? "" : $", which listens on {same}";
    }
}
