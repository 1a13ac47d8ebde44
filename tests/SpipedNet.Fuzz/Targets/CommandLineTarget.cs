using System.Text;
using SpipedNet.CommandLine;

namespace SpipedNet.Fuzz.Targets;

/// <summary>Arguments, separated by NUL bytes, for each program and subcommand: options, or one line of why not.</summary>
internal sealed class CommandLineTarget : FuzzTarget
{
    private long _read;
    private long _stopped;

    public override string Name => "command-line";

    public override string Counts => $"{_read} read, {_stopped} stopped";

    public override void Try(ReadOnlySpan<byte> input)
    {
        string[] arguments = Encoding.Latin1.GetString(input).Split('\0');
        Check(DaemonCommandLine.TryParse(arguments, out _, out CommandLineStop? stop), stop);
        Check(PipeCommandLine.TryParse(arguments, out _, out stop), stop);
        Check(FileCommandLine.TryParse(arguments, out _, out stop), stop);
        Check(CheckCommandLine.TryParse(arguments, out _, out stop), stop);
        Check(RedisMeshCommandLine.TryParse(arguments, out _, out stop), stop);
    }

    private void Check(bool isRead, CommandLineStop? stop)
    {
        Require(isRead == stop is null, "either options or a reason");
        if (stop is null)
        {
            _read++;
            return;
        }

        _stopped++;
        using var output = new StringWriter();
        using var error = new StringWriter();
        int status = stop.Print(ProgramText.Daemon, output, error);
        bool isAsked = stop.Reason is StopReason.ShowHelp or StopReason.ShowVersion;
        Require(status == (isAsked ? 0 : 1), "the exit status is 0 only for what was asked for");
        Require(output.ToString().Length + error.ToString().Length > 0, "something is said");
    }
}
