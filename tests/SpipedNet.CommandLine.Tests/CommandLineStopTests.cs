using System.Globalization;

namespace SpipedNet.CommandLine.Tests;

/// <summary>What a person sees instead of a running program: where, and with which exit status.</summary>
public sealed class CommandLineStopTests : IDisposable
{
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _error = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void A_usage_error_is_a_line_and_the_usage_on_standard_error_with_status_1()
    {
        int status = new CommandLineStop(StopReason.UsageError, "-k is missing").Print(ProgramText.Daemon, _output, _error);
        Assert.Equal(1, status);
        Assert.StartsWith("spiped-net: -k is missing\nusage: spiped-net {-e | -d} -s SOURCE", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void A_wrong_value_is_one_line_on_standard_error_with_status_1()
    {
        int status = new CommandLineStop(StopReason.InvalidValue, "-n x: no").Print(ProgramText.Pipe, _output, _error);
        Assert.Equal(1, status);
        Assert.Equal("spipe-net: -n x: no\n", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void The_version_goes_to_standard_error_with_status_0()
    {
        int status = new CommandLineStop(StopReason.ShowVersion).Print(ProgramText.Daemon, _output, _error);
        Assert.Equal(0, status);
        Assert.Matches(@"^spiped-net \d+\.\d+\.\d+\n$", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void The_help_goes_to_standard_output_with_status_0()
    {
        int status = new CommandLineStop(StopReason.ShowHelp).Print(ProgramText.Daemon, _output, _error);
        Assert.Equal(0, status);
        Assert.Contains("redis-cli -p 6379 ping", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Help_that_cannot_be_written_is_one_line_on_standard_error_with_status_1()
    {
        using TextWriter full = FullDevice();
        int status = new CommandLineStop(StopReason.ShowHelp).Print(ProgramText.Daemon, full, _error);
        Assert.Equal(1, status);
        Assert.Equal("spiped-net: cannot write standard output: no space left on device\n", _error.ToString());
    }

    [Theory]
    [InlineData(StopReason.ShowVersion)]
    [InlineData(StopReason.InvalidValue)]
    public void What_standard_error_does_not_take_is_status_1(StopReason reason)
    {
        using TextWriter full = FullDevice();
        Assert.Equal(1, new CommandLineStop(reason).Print(ProgramText.Daemon, _output, full));
        Assert.Empty(_output.ToString());
    }

    // Without a buffer, as the console's writers, so that nothing is left to be written at its disposal.
    private static StreamWriter FullDevice() =>
        new(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)) { AutoFlush = true };

    [Fact]
    public void The_help_of_the_daemon_explains_every_option() =>
        Assert.All(DaemonCommandLine.OptionNames, name => Assert.Matches($@"\n  (-h, |-v, )?{name}(,| |\n)", ProgramText.Daemon.Help));

    [Fact]
    public void The_help_of_the_pipe_explains_every_option() =>
        Assert.All(new OptionReader(mayRepeat: false).Names, name => Assert.Matches($@"\n  (-h, |-v, )?{name}(,| |\n)", ProgramText.Pipe.Help));

    [Fact]
    public void The_help_of_the_check_explains_every_option() =>
        Assert.All(CheckCommandLine.OptionNames, name => Assert.Matches($@"\n  (-h, |-v, )?{name}(,| |\n)", SubcommandText.Check.Help));

    [Fact]
    public void The_help_of_the_mesh_explains_every_option() =>
        Assert.All(RedisMeshCommandLine.OptionNames, name => Assert.Matches($@"\n  (-h, |-v, )?{name}(,| |\n)", SubcommandText.RedisMesh.Help));

    [Fact]
    public void The_help_of_the_status_explains_every_option() =>
        Assert.All(StatusCommandLine.OptionNames, name => Assert.Matches($@"\n  (-h, |-v, )?{name}(,| |\n)", SubcommandText.Status.Help));

    [Fact]
    public void The_help_of_the_reload_explains_every_option() =>
        Assert.All(ReloadCommandLine.OptionNames, name => Assert.Matches($@"\n  (-h, |-v, )?{name}(,| |\n)", SubcommandText.Reload.Help));

    [Fact]
    public void No_line_of_the_help_is_wider_than_a_terminal_of_96_columns() =>
        Assert.All(
            Pages.SelectMany(page => page.Help.Split('\n')), line => Assert.InRange(line.Length, 0, 96));

    private static ProgramText[] Pages =>
    [
        ProgramText.Daemon, ProgramText.Pipe,
        SubcommandText.Keygen, SubcommandText.Fingerprint, SubcommandText.Check, SubcommandText.RedisMesh, SubcommandText.Status, SubcommandText.Reload,
    ];
}
