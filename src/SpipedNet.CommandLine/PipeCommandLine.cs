using System.Diagnostics.CodeAnalysis;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>What <c>spipe-net</c> was asked to do.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="KeyFile">The key file's path (<c>-k</c>); <c>-</c> for standard input.</param>
internal sealed record PipeOptions(SenderPipeOptions Connection, string KeyFile);

/// <summary>The command line of <c>spipe-net</c>: spipe's.</summary>
internal static class PipeCommandLine
{
    /// <summary>Reads the arguments. Touches nothing but them.</summary>
    /// <param name="arguments">The arguments without the program's name.</param>
    /// <param name="options">What to do, when the result is true.</param>
    /// <param name="stop">What to print instead, when the result is false.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out PipeOptions? options, [NotNullWhen(false)] out CommandLineStop? stop)
    {
        options = null;
        var reader = new OptionReader(mayRepeat: false);
        stop = reader.Read(arguments) ?? reader.CheckShared();
        if (stop is not null)
            return false;
        SenderPipeOptions connection = reader.ToSenderPipeOptions() with { IsPeerProbedAfterEnd = true };
        options = new PipeOptions(connection, reader.Value(reader.KeyFiles)![0]);
        return true;
    }
}
