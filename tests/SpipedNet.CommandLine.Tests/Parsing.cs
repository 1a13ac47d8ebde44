using SpipedNet.CommandLine;

namespace SpipedNet.CommandLine.Tests;

/// <summary>Parses command lines written as in a shell, with one blank between arguments and no quotes.</summary>
internal static class Parsing
{
    public const string Minimal = "-e -s [127.0.0.1]:1 -t [127.0.0.1]:2 -k key";

    public static DaemonOptions Daemon(string line)
    {
        Assert.True(DaemonCommandLine.TryParse(line.Split(' '), out DaemonOptions? options, out CommandLineStop? stop), stop?.Message);
        return options;
    }

    public static CommandLineStop DaemonStop(params string[] arguments)
    {
        Assert.False(DaemonCommandLine.TryParse(arguments, out _, out CommandLineStop? stop));
        return stop!;
    }

    public static PipeOptions Pipe(string line)
    {
        Assert.True(PipeCommandLine.TryParse(line.Split(' '), out PipeOptions? options, out CommandLineStop? stop), stop?.Message);
        return options;
    }

    public static CommandLineStop PipeStop(string line)
    {
        Assert.False(PipeCommandLine.TryParse(line.Split(' '), out _, out CommandLineStop? stop));
        return stop!;
    }
}
