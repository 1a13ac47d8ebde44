using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>What <c>spiped-net check</c> was asked to do.</summary>
/// <param name="Connection">The connection to try.</param>
/// <param name="KeyFile">The key file's path (<c>-k</c>); <c>-</c> for standard input.</param>
/// <param name="IsRedis">Whether a Redis shall answer at the far end (<c>--redis</c>).</param>
internal sealed record CheckOptions(SenderPipeOptions Connection, string KeyFile, bool IsRedis);

/// <summary>The command line of <c>spiped-net check</c>: spipe's, and what shall answer.</summary>
internal static class CheckCommandLine
{
    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments after the subcommand.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out CheckOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        Option<bool> redis = Redis();
        var reader = new OptionReader(mayRepeat: false, redis);
        stop = reader.Read(arguments) ?? reader.CheckShared();
        options = stop is null
            ? new CheckOptions(reader.ToSenderPipeOptions(), reader.Value(reader.KeyFiles)![0], reader.Has(redis))
            : null;
        return options is not null;
    }

    /// <summary>Every way to write an option.</summary>
    internal static IEnumerable<string> OptionNames => new OptionReader(mayRepeat: false, Redis()).Names;

    private static Option<bool> Redis() => OptionValues.Flag("--redis");
}
