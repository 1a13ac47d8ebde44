using System.CommandLine;

namespace SpipedNet.CommandLine;

/// <summary>The options of a command, and the reading of its arguments. One object reads one command line.</summary>
internal sealed class OptionSet
{
    private readonly Option<bool> _version = OptionValues.Flag("-v", "--version");
    private readonly Option<bool> _help = OptionValues.Flag("--help", "-h");
    private readonly Command _command;
    private ParseResult? _result;

    /// <param name="options">All but <c>-v</c> and <c>-h</c>, which every command has.</param>
    public OptionSet(params Option[] options)
    {
        // A Command, because a RootCommand would bring help, version and directives of its own.
        _command = new Command("program");
        foreach (Option option in (Option[])[.. options, _version, _help])
            _command.Options.Add(option);
    }

    /// <summary>Every way to write an option.</summary>
    public IEnumerable<string> Names => _command.Options.SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>Whether a word is an option, or ends with one, that the next word is the value of.</summary>
    public bool HasValue(string word) => word.Length > 1 && word[0] == '-' && _command.Options.Any(option =>
        option.Arity.MaximumNumberOfValues > 0 && (option.Name == word || word[1] != '-' && option.Name == $"-{word[^1]}"));

    /// <summary>Reads the arguments. The first mistake from the left counts, as with getopt.</summary>
    /// <returns>Null when the values can be used now.</returns>
    public CommandLineStop? Read(IReadOnlyList<string> arguments)
    {
        GetoptTokens split = Getopt.Split(arguments, _command, [_version, _help]);
        _result = _command.Parse(split.Tokens);
        Option? repeated = _command.Options.FirstOrDefault(
            option => option.Arity.MaximumNumberOfValues <= 1 && _result.GetResult(option)?.IdentifierTokenCount > 1);
        if (repeated is not null)
            return OptionReader.Usage($"{repeated.Name} is given twice");
        if (_result.Errors.Count > 0)
            return new CommandLineStop(StopReason.InvalidValue, _result.Errors[0].Message);
        if (split.Error is not null)
            return OptionReader.Usage(split.Error);
        if (Has(_version))
            return new CommandLineStop(StopReason.ShowVersion);
        return Has(_help) ? new CommandLineStop(StopReason.ShowHelp) : null;
    }

    /// <summary>Whether the option was given; a default alone is an implicit result.</summary>
    public bool Has(Option option) => _result!.GetResult(option) is { Implicit: false };

    /// <summary>The option's value, its default when it was not given, or null when it has none.</summary>
    public T? Value<T>(Option<T> option) => _result!.GetValue(option);
}
