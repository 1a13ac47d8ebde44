using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace SpipedNet.CommandLine;

/// <summary>What <c>spiped-net status</c> was asked to do.</summary>
/// <param name="Names">The tunnels to tell of; empty for all.</param>
/// <param name="Socket">The control socket to ask (<c>--socket</c>); null for all that are found.</param>
/// <param name="IsWatch">Whether to tell each second (<c>--watch</c>).</param>
/// <param name="IsBrief">Whether to tell in one line for each tunnel (<c>--brief</c>).</param>
/// <param name="IsJson">Whether to tell in JSON (<c>--json</c>).</param>
internal sealed record StatusOptions(IReadOnlyList<string> Names, string? Socket, bool IsWatch, bool IsBrief, bool IsJson);

/// <summary>The command line of <c>spiped-net status</c>.</summary>
internal sealed class StatusCommandLine
{
    private readonly Option<string> _socket = OptionValues.Path("--socket");
    private readonly Option<bool> _watch = OptionValues.Flag("--watch");
    private readonly Option<bool> _brief = OptionValues.Flag("--brief");
    private readonly Option<bool> _json = OptionValues.Flag("--json");
    private readonly OptionSet _set;

    private StatusCommandLine() => _set = new OptionSet(_socket, _watch, _brief, _json);

    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments after the subcommand.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out StatusOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        var line = new StatusCommandLine();
        (List<string> names, List<string> others) = SplitNames(arguments, line._socket.Name);
        stop = line._set.Read(others);
        Option? other = Array.Find<Option>([line._watch, line._brief], line._set.Has);
        if (stop is null && other is not null && line._set.Has(line._json))
            stop = OptionReader.Usage($"{other.Name} and --json exclude each other");
        options = stop is null
            ? new StatusOptions(
                names, line._set.Value(line._socket), line._set.Has(line._watch), line._set.Has(line._brief), line._set.Has(line._json))
            : null;
        return options is not null;
    }

    /// <summary>Every way to write an option.</summary>
    internal static IEnumerable<string> OptionNames => new StatusCommandLine()._set.Names;

    /// <summary>Names, which may stand before, between and after the options, apart from these.</summary>
    internal static (List<string> Names, List<string> Options) SplitNames(IReadOnlyList<string> arguments, string withValue)
    {
        var names = new List<string>();
        var others = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            bool isName = arguments[i].Length > 0 && arguments[i][0] != '-';
            (isName ? names : others).Add(arguments[i]);
            if (arguments[i] == withValue && i + 1 < arguments.Count)
                others.Add(arguments[++i]);
        }

        return (names, others);
    }
}
