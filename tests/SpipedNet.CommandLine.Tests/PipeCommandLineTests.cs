using SpipedNet.Protocol;

namespace SpipedNet.CommandLine.Tests;

public sealed class PipeCommandLineTests
{
    [Fact]
    public void Target_and_key_file_suffice()
    {
        PipeOptions options = Parsing.Pipe("-t db.example.com:8025 -k key");
        Assert.Equal("db.example.com", options.Connection.Target.HostName);
        Assert.Equal("key", options.KeyFile);
        Assert.Null(options.Connection.Bind);
        Assert.Equal(ForwardSecrecy.Preferred, options.Connection.ForwardSecrecy);
        Assert.True(options.Connection.IsKeepAlive);
        Assert.True(options.Connection.IsPeerProbedAfterEnd);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Connection.Timeout);
    }

    [Fact]
    public void Every_option_is_taken()
    {
        PipeOptions options = Parsing.Pipe("-gj -o 1.5 -b [::1] -t [::1]:1 -k key");
        Assert.Equal("[::1]", options.Connection.Bind!.Text);
        Assert.Equal(ForwardSecrecy.Required, options.Connection.ForwardSecrecy);
        Assert.False(options.Connection.IsKeepAlive);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Connection.Timeout);
    }

    [Theory]
    [InlineData("-t /t", StopReason.UsageError, "-k is missing")]
    [InlineData("-k key", StopReason.UsageError, "-t is missing")]
    [InlineData("-t /t -k key -fg", StopReason.UsageError, "-f and -g exclude each other")]
    [InlineData("-t /t -k key -e", StopReason.UsageError, "illegal option -- -e")]
    [InlineData("-t /t -k key --syslog", StopReason.UsageError, "illegal option -- --syslog")]
    [InlineData("-t t -k key", StopReason.InvalidValue, "-t t: the port is missing; write host:port or [ip]:port")]
    [InlineData("-v", StopReason.ShowVersion, "")]
    [InlineData("--help", StopReason.ShowHelp, "")]
    public void What_is_not_run_is_explained(string line, StopReason reason, string message) =>
        Assert.Equal(new CommandLineStop(reason, message), Parsing.PipeStop(line));
}
