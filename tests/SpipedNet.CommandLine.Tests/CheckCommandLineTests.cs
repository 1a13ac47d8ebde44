using SpipedNet.Protocol;

namespace SpipedNet.CommandLine.Tests;

public sealed class CheckCommandLineTests
{
    [Fact]
    public void Target_and_key_file_suffice()
    {
        CheckOptions options = Parse("-t db.example.com:8025 -k key");
        Assert.Equal("db.example.com", options.Connection.Target.HostName);
        Assert.Equal("key", options.KeyFile);
        Assert.False(options.IsRedis);
        Assert.Equal(ForwardSecrecy.Preferred, options.Connection.ForwardSecrecy);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Connection.Timeout);
    }

    [Fact]
    public void Every_option_is_taken()
    {
        CheckOptions options = Parse("--redis -gj -o1.5 -b [::1] -t [::1]:1 -k -");
        Assert.True(options.IsRedis);
        Assert.Equal(ForwardSecrecy.Required, options.Connection.ForwardSecrecy);
        Assert.False(options.Connection.IsKeepAlive);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Connection.Timeout);
        Assert.Equal("[::1]", options.Connection.Bind!.Text);
        Assert.Equal("-", options.KeyFile);
    }

    [Theory]
    [InlineData("-t /t", StopReason.UsageError, "-k is missing")]
    [InlineData("-k key", StopReason.UsageError, "-t is missing")]
    [InlineData("-t /t -k key -fg", StopReason.UsageError, "-f and -g exclude each other")]
    [InlineData("-t /t -k key -s /s", StopReason.UsageError, "illegal option -- -s")]
    [InlineData("-t /t -k key --redis=1", StopReason.UsageError, "--redis takes no value: --redis=1")]
    [InlineData("/t", StopReason.UsageError, "unexpected argument: /t")]
    [InlineData("-t t -k key", StopReason.InvalidValue, "-t t: the port is missing; write host:port or [ip]:port")]
    [InlineData("-v", StopReason.ShowVersion, "")]
    [InlineData("--help", StopReason.ShowHelp, "")]
    public void What_is_not_run_is_explained(string line, StopReason reason, string message)
    {
        Assert.False(CheckCommandLine.TryParse(line.Split(' '), out _, out CommandLineStop? stop));
        Assert.Equal(new CommandLineStop(reason, message), stop);
    }

    private static CheckOptions Parse(string line)
    {
        Assert.True(CheckCommandLine.TryParse(line.Split(' '), out CheckOptions? options, out CommandLineStop? stop), stop?.Message);
        return options;
    }
}
