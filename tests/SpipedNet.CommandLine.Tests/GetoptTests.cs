namespace SpipedNet.CommandLine.Tests;

/// <summary>Arguments are read as getopt reads them, where System.CommandLine by itself would not.</summary>
public sealed class GetoptTests
{
    [Fact]
    public void Flags_bundle_and_the_last_of_a_bundle_may_have_a_value()
    {
        DaemonOptions options = Parsing.Daemon("-Fejs /s -t/t -kkey");
        Assert.True(options.IsForeground);
        Assert.False(options.Tunnel!.Options.IsKeepAlive);
        Assert.Equal("/s", options.Tunnel!.Options.Source.UnixPath);
        Assert.Equal("/t", options.Tunnel!.Options.Targets[0].UnixPath);
        Assert.Equal("key", options.Tunnel!.KeyFiles[0]);
    }

    [Theory]
    [InlineData("-k=key", "=key")]
    [InlineData("-k:80", ":80")]
    [InlineData("-ka=b:c", "a=b:c")]
    public void An_attached_value_keeps_its_first_character(string option, string expected) =>
        Assert.Equal(expected, Parsing.Daemon($"-e -s /s -t /t {option}").Tunnel!.KeyFiles[0]);

    [Theory]
    [InlineData("-e")]
    [InlineData("-v")]
    [InlineData("--")]
    [InlineData("--help")]
    [InlineData("@file")]
    [InlineData("\"quoted\"")]
    [InlineData("[diagram]")]
    public void Any_argument_after_an_option_with_a_value_is_the_value(string value) =>
        Assert.Equal(value, Parsing.Daemon($"-e -s /s -t /t -k {value}").Tunnel!.KeyFiles[0]);

    [Fact]
    public void An_empty_value_is_a_value() =>
        Assert.Equal(StopReason.InvalidValue, Parsing.DaemonStop("-e -s /s -t /t -k ".Split(' ')).Reason);

    [Fact]
    public void Two_dashes_end_the_options() => Assert.Equal("key", Parsing.Daemon($"{Parsing.Minimal} --").Tunnel!.KeyFiles[0]);

    [Theory]
    [InlineData("-- -F", "-F")]
    [InlineData("true", "true")]
    [InlineData("@file", "@file")]
    [InlineData("-", "-")]
    [InlineData("-F x -j", "x")]
    public void What_is_no_option_is_unexpected(string more, string named)
    {
        CommandLineStop stop = Parsing.DaemonStop($"{Parsing.Minimal} {more}".Split(' '));
        Assert.Equal(new CommandLineStop(StopReason.UsageError, $"unexpected argument: {named}"), stop);
    }

    [Theory]
    [InlineData("-x", "-x")]
    [InlineData("-Fx", "-x")]
    [InlineData("-1", "-1")]
    [InlineData("-F=false", "-=")]
    [InlineData("--sys", "--sys")]
    [InlineData("--versions", "--versions")]
    [InlineData("-?", "-?")]
    public void An_unknown_option_is_illegal(string option, string named)
    {
        CommandLineStop stop = Parsing.DaemonStop($"{Parsing.Minimal} {option}".Split(' '));
        Assert.Equal(new CommandLineStop(StopReason.UsageError, $"illegal option -- {named}"), stop);
    }

    [Theory]
    [InlineData("--syslog=true", "--syslog takes no value: --syslog=true")]
    [InlineData("--no-control=", "--no-control takes no value: --no-control=")]
    [InlineData("-syslog", "-s is given twice")]
    [InlineData("-log-level", "illegal option -- -l: write --log-level")]
    public void A_long_option_that_is_written_otherwise_is_told_how(string option, string message) =>
        Assert.Equal(message, Parsing.DaemonStop($"{Parsing.Minimal} {option}".Split(' ')).Message);

    [Theory]
    [InlineData("-p")]
    [InlineData("-Fp")]
    [InlineData("--log-level")]
    public void A_value_that_is_missing_is_missed(string option)
    {
        CommandLineStop stop = Parsing.DaemonStop($"{Parsing.Minimal} {option}".Split(' '));
        Assert.Equal(StopReason.UsageError, stop.Reason);
        Assert.StartsWith("missing argument to -", stop.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-v", StopReason.ShowVersion)]
    [InlineData("-v -x", StopReason.ShowVersion)]
    [InlineData("-vx", StopReason.ShowVersion)]
    [InlineData("-Fv extra", StopReason.ShowVersion)]
    [InlineData("--version", StopReason.ShowVersion)]
    [InlineData("-h -v", StopReason.ShowHelp)]
    [InlineData("--help -x", StopReason.ShowHelp)]
    [InlineData("-x -v", StopReason.UsageError)]
    [InlineData("-F -F -v", StopReason.UsageError)]
    [InlineData("-n many -v", StopReason.InvalidValue)]
    [InlineData("-n many -x", StopReason.InvalidValue)]
    public void The_first_that_decides_counts(string line, StopReason expected) =>
        Assert.Equal(expected, Parsing.DaemonStop(line.Split(' ')).Reason);
}
