using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace SpipedNet.CommandLine;

/// <summary>What <c>spiped-net reload</c> was asked to do.</summary>
/// <param name="Name">The process, by the name of a tunnel, its unit, source or id; null for the only one.</param>
/// <param name="Socket">Its control socket (<c>--socket</c>); null for one that is to be found.</param>
internal sealed record ReloadOptions(string? Name, string? Socket);

/// <summary>The command line of <c>spiped-net reload</c>.</summary>
internal sealed class ReloadCommandLine
{
    private readonly Option<string> _socket = OptionValues.Path("--socket");
    private readonly OptionSet _set;

    private ReloadCommandLine() => _set = new OptionSet(_socket);

    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments after the subcommand.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out ReloadOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        var line = new ReloadCommandLine();
        (List<string> names, List<string> others) = StatusCommandLine.SplitNames(arguments, line._socket.Name);
        stop = line._set.Read(others);
        if (stop is null && names.Count > 1)
            stop = OptionReader.Usage($"unexpected argument: {names[1]}");
        options = stop is null ? new ReloadOptions(names.FirstOrDefault(), line._set.Value(line._socket)) : null;
        return options is not null;
    }

    /// <summary>Every way to write an option.</summary>
    internal static IEnumerable<string> OptionNames => new ReloadCommandLine()._set.Names;
}
