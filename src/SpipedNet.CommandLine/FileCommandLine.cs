using System.Diagnostics.CodeAnalysis;

namespace SpipedNet.CommandLine;

/// <summary>The command line of what is done with one file and has no options but <c>-h</c> and <c>-v</c>.</summary>
internal static class FileCommandLine
{
    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments after the subcommand.</param>
    /// <param name="file">The file's path, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out string? file, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        file = null;
        stop = null;
        bool areOptionsOver = false;
        foreach (string argument in arguments)
        {
            if (!areOptionsOver && argument.Length > 1 && argument[0] == '-')
            {
                areOptionsOver = argument == "--";
                stop = areOptionsOver ? null : Option(argument);
            }
            else if (file is not null)
                stop = OptionReader.Usage($"unexpected argument: {argument}");
            else
                file = argument;
            if (stop is not null)
                return false;
        }

        stop = file switch
        {
            null => OptionReader.Usage("the file's name is missing"),
            "" => new CommandLineStop(StopReason.InvalidValue, "the file's name is empty; name a file"),
            _ => null,
        };
        return stop is null;
    }

    private static CommandLineStop Option(string argument) => argument switch
    {
        "-h" or "--help" => new CommandLineStop(StopReason.ShowHelp),
        "-v" or "--version" => new CommandLineStop(StopReason.ShowVersion),
        _ => OptionReader.Usage($"illegal option -- {argument}"),
    };
}
