using System.CommandLine;

namespace SpipedNet.CommandLine;

/// <summary>
/// The options that spiped and spipe share, and the reading of a command line up to where the two differ. One object
/// reads one command line.
/// </summary>
internal sealed class OptionReader
{
    public readonly Option<Tunnel.TunnelAddress[]> Targets;
    public readonly Option<string> KeyFile = OptionValues.Path("-k");
    public readonly Option<Tunnel.TunnelAddress> Bind = OptionValues.BindAddress("-b");
    public readonly Option<bool> NoForwardSecrecy = OptionValues.Flag("-f");
    public readonly Option<bool> RequireForwardSecrecy = OptionValues.Flag("-g");
    public readonly Option<bool> NoKeepAlive = OptionValues.Flag("-j");
    public readonly Option<TimeSpan> Timeout = OptionValues.Seconds("-o", TimeSpan.FromSeconds(5));

    private readonly Option<bool> _version = OptionValues.Flag("-v", "--version");
    private readonly Option<bool> _help = OptionValues.Flag("--help", "-h");
    private readonly Command _command;
    private ParseResult? _result;

    /// <param name="mayHaveSeveralTargets">Whether <c>-t</c> may be repeated.</param>
    /// <param name="more">The options that only the one program has.</param>
    public OptionReader(bool mayHaveSeveralTargets, params Option[] more)
    {
        Targets = OptionValues.Addresses("-t", mayHaveSeveralTargets);
        // A Command, because a RootCommand would bring help, version and directives of its own.
        _command = new Command("program");
        Option[] shared = [Targets, KeyFile, Bind, NoForwardSecrecy, RequireForwardSecrecy, NoKeepAlive, Timeout, _version, _help];
        foreach (Option option in (Option[])[.. shared, .. more])
            _command.Options.Add(option);
    }

    /// <summary>Every way to write an option.</summary>
    public IEnumerable<string> Names => _command.Options.SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>Reads the arguments. The first mistake from the left counts, as with getopt.</summary>
    /// <returns>Null when the values can be used now.</returns>
    public CommandLineStop? Read(IReadOnlyList<string> arguments)
    {
        GetoptTokens split = Getopt.Split(arguments, _command, [_version, _help]);
        _result = _command.Parse(split.Tokens);
        Option? repeated = _command.Options.FirstOrDefault(
            option => option.Arity.MaximumNumberOfValues <= 1 && _result.GetResult(option)?.IdentifierTokenCount > 1);
        if (repeated is not null)
            return Usage($"{repeated.Name} is given twice");
        if (_result.Errors.Count > 0)
            return new CommandLineStop(StopReason.InvalidValue, _result.Errors[0].Message);
        if (split.Error is not null)
            return Usage(split.Error);
        if (Has(_version))
            return new CommandLineStop(StopReason.ShowVersion);
        return Has(_help) ? new CommandLineStop(StopReason.ShowHelp) : null;
    }

    /// <summary>Whether the option was given; a default alone is an implicit result.</summary>
    public bool Has(Option option) => _result!.GetResult(option) is { Implicit: false };

    /// <summary>The option's value, its default when it was not given, or null when it has none.</summary>
    public T? Value<T>(Option<T> option) => _result!.GetValue(option);

    /// <summary>Which of the options that both programs need are missing or exclude each other; null for none.</summary>
    public CommandLineStop? CheckShared()
    {
        if (Has(NoForwardSecrecy) && Has(RequireForwardSecrecy))
            return Usage("-f and -g exclude each other");
        if (!Has(KeyFile))
            return Usage("-k is missing");
        return Has(Targets) ? null : Usage("-t is missing");
    }

    /// <summary>What the shared options say about a connection to the one target.</summary>
    public Tunnel.SenderPipeOptions ToSenderPipeOptions() => new()
    {
        Target = Value(Targets)![0],
        Bind = Value(Bind),
        ForwardSecrecy = ForwardSecrecy,
        IsKeepAlive = !Has(NoKeepAlive),
        Timeout = Value(Timeout),
    };

    /// <summary>What <c>-f</c> and <c>-g</c> say.</summary>
    public Protocol.ForwardSecrecy ForwardSecrecy =>
        Has(NoForwardSecrecy) ? Protocol.ForwardSecrecy.Disabled
        : Has(RequireForwardSecrecy) ? Protocol.ForwardSecrecy.Required
        : Protocol.ForwardSecrecy.Preferred;

    public static CommandLineStop Usage(string message) => new(StopReason.UsageError, message);
}
