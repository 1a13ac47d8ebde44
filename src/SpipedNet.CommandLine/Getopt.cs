using System.CommandLine;

namespace SpipedNet.CommandLine;

/// <summary>Arguments that read in one way only, and what was wrong where reading stopped.</summary>
/// <param name="Tokens">One token an option: <c>-x</c>, or what <see cref="Getopt"/> makes of one with a value.</param>
/// <param name="Error">Why the rest was not read; null when all was.</param>
internal readonly record struct GetoptTokens(IReadOnlyList<string> Tokens, string? Error);

/// <summary>
/// Splits arguments as getopt(3) does, so that System.CommandLine sees nothing that it would read otherwise: bundled
/// flags, attached values (it would take the colon of <c>-s:80</c> for a separator), <c>-e true</c>, <c>@file</c>,
/// or a value that looks like an option.
/// </summary>
internal static class Getopt
{
    /// <summary>
    /// Splits the arguments up to the first error, or up to an option that ends the reading (<c>-v</c>): what stands
    /// after it does not count, what stands before does.
    /// </summary>
    public static GetoptTokens Split(IReadOnlyList<string> arguments, Command command, IReadOnlyList<Option> ending)
    {
        var tokens = new List<string>();
        for (int next = 0; next < arguments.Count;)
        {
            string argument = arguments[next++];
            if (argument == "--" && next == arguments.Count)
                break;
            if (argument == "--" || argument.Length < 2 || argument[0] != '-')
                return new GetoptTokens(tokens, $"unexpected argument: {(argument == "--" ? arguments[next] : argument)}");

            string? error = argument[1] == '-'
                ? AddLong(argument, arguments, ref next, command, tokens)
                : AddBundle(argument, arguments, ref next, command, ending, tokens);
            if (error is not null)
                return new GetoptTokens(tokens, error);
            if (ending.Any(option => IsNamed(option, tokens[^1])))
                break;
        }

        return new GetoptTokens(tokens, null);
    }

    /// <summary>The value that a token carries, from the argument that System.CommandLine has split off.</summary>
    public static string ValueOf(string argument) => argument[1..];

    // System.CommandLine splits at the first = and drops a value that is empty, which ours with its second = never is.
    private static string Token(string name, string value) => $"{name}=={value}";

    private static string? AddLong(
        string argument, IReadOnlyList<string> arguments, ref int next, Command command, List<string> tokens)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument : argument[..equals];
        Option? option = Find(command, name);
        if (option is null)
            return Illegal(argument);
        if (equals >= 0 && !HasValue(option))
            return $"{name} takes no value: {argument}";
        if (HasValue(option) && equals < 0)
            return AddValue(name, arguments, ref next, tokens);
        tokens.Add(equals < 0 ? name : Token(name, argument[(equals + 1)..]));
        return null;
    }

    private static string? AddBundle(
        string argument, IReadOnlyList<string> arguments, ref int next, Command command, IReadOnlyList<Option> ending,
        List<string> tokens)
    {
        for (int i = 1; i < argument.Length; i++)
        {
            string name = $"-{argument[i]}";
            Option? option = Find(command, name);
            if (option is null)
                return Find(command, $"-{argument}") is null ? Illegal(name) : $"{Illegal(name)}: write -{argument}";
            if (HasValue(option) && i + 1 == argument.Length)
                return AddValue(name, arguments, ref next, tokens);
            if (HasValue(option))
            {
                tokens.Add(Token(name, argument[(i + 1)..]));
                return null;
            }

            tokens.Add(name);
            if (ending.Contains(option))
                return null;
        }

        return null;
    }

    private static string? AddValue(string name, IReadOnlyList<string> arguments, ref int next, List<string> tokens)
    {
        if (next == arguments.Count)
            return $"missing argument to {name}";
        tokens.Add(Token(name, arguments[next++]));
        return null;
    }

    private static string Illegal(string name) => $"illegal option -- {name}";

    private static Option? Find(Command command, string name) => command.Options.FirstOrDefault(option => IsNamed(option, name));

    private static bool IsNamed(Option option, string name) => option.Name == name || option.Aliases.Contains(name);

    private static bool HasValue(Option option) => option.Arity.MaximumNumberOfValues > 0;
}
