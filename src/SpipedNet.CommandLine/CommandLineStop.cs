namespace SpipedNet.CommandLine;

/// <summary>Why a command line does not lead to a running program.</summary>
public enum StopReason
{
    /// <summary>The options do not go together: the message is followed by the usage; exit status 1.</summary>
    UsageError,

    /// <summary>An option's value is wrong, and the message says which and why; exit status 1.</summary>
    InvalidValue,

    /// <summary><c>-v</c>: the version goes to standard error, as spiped's does; exit status 0.</summary>
    ShowVersion,

    /// <summary><c>-h</c>, <c>--help</c>: the page goes to standard output; exit status 0.</summary>
    ShowHelp,
}

/// <summary>What a command line asked for instead of running, or what is wrong with it, in one line.</summary>
public sealed record CommandLineStop(StopReason Reason, string Message = "")
{
    /// <summary>Says it.</summary>
    /// <param name="program">Whose version, usage and help to show.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit status.</returns>
    public int Print(ProgramText program, TextWriter output, TextWriter error)
    {
        switch (Reason)
        {
            case StopReason.ShowHelp:
                output.WriteLine(program.Help);
                return 0;
            case StopReason.ShowVersion:
                error.WriteLine($"{program.Name} {ProgramText.Version}");
                return 0;
            case StopReason.InvalidValue:
                error.WriteLine($"{program.Name}: {Message}");
                return 1;
            default:
                error.WriteLine($"{program.Name}: {Message}");
                error.WriteLine(program.Usage);
                return 1;
        }
    }
}
