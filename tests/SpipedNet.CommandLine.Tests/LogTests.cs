using System.Net.Sockets;
using System.Text;
using Serilog;
using Serilog.Core;
using SpipedNet.Logging;
using SpipedNet.Systemd;

namespace SpipedNet.CommandLine.Tests;

public sealed class LogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryStream _standardError = new();

    public void Dispose()
    {
        _directory.Dispose();
        _standardError.Dispose();
    }

    [Fact]
    public void A_line_has_the_time_the_level_and_the_message_with_its_values_unquoted()
    {
        using Logger log = new LoggerConfiguration().WriteTo.Sink(new StandardErrorSink(_standardError)).CreateLogger();
        log.Warning("connection from {Peer} failed: {Reason}", "[::1]:5", "no");
        Assert.Matches(
            @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning: connection from \[::1\]:5 failed: no\n$", WrittenToStandardError);
    }

    [Fact]
    public void A_line_for_the_journal_has_the_priority_and_the_message()
    {
        using Logger log = new LoggerConfiguration().WriteTo.Sink(new JournalSink(_standardError)).CreateLogger();
        log.Information("one {What}", "line");
        log.Error("two\nlines");
        Assert.Equal("<6>one line\n<3>two lines\n", WrittenToStandardError);
    }

    [Theory]
    [InlineData("8:123", "socket:[123]", true)]
    [InlineData("8:123", "socket:[1234]", false)]
    [InlineData("8:123", "/dev/null", false)]
    [InlineData("8:123", null, false)]
    [InlineData(":123", "socket:[123]", false)]
    [InlineData("", "socket:[]", false)]
    [InlineData(null, "socket:[123]", false)]
    public void The_journal_is_the_socket_that_the_variable_names(string? variable, string? link, bool expected) =>
        Assert.Equal(expected, JournalStream.IsNamed(variable, link));

    [Fact]
    public void An_event_is_one_line_whatever_it_holds()
    {
        using Logger log = new LoggerConfiguration().WriteTo.Sink(new StandardErrorSink(_standardError)).CreateLogger();
        log.Error(new InvalidOperationException("two\nlines"), "value {Value}", "a\r\nb\u001b[31m");
        string line = WrittenToStandardError;
        Assert.Single(line, '\n');
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        Assert.Contains("error: value a  b [31m: System.InvalidOperationException: two lines", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Syslog_gets_a_datagram_with_priority_time_and_tag()
    {
        using Socket syslogd = Listen();
        using Logger log = LogTo(OpenSyslog());
        log.Information("hello {Who}", "world");
        // 30 is facility 3 (daemon) and severity 6 (informational).
        Assert.Matches(
            $@"^<30>[A-Z][a-z]{{2}} [ 123]\d \d\d:\d\d:\d\d spiped-net\[{Environment.ProcessId}\]: hello world$", Receive(syslogd));
    }

    [Fact]
    public void Syslog_severities_are_those_of_the_levels()
    {
        using Socket syslogd = Listen();
        using Logger log = LogTo(OpenSyslog());
        log.Debug("m");
        log.Warning("m");
        log.Error("m");
        log.Fatal("m");
        string[] priorities = [.. Enumerable.Range(0, 4).Select(_ => Receive(syslogd)[..4])];
        Assert.Equal(["<31>", "<28>", "<27>", "<26>"], priorities);
    }

    [Fact]
    public void A_syslog_that_was_restarted_is_found_again()
    {
        Socket first = Listen();
        using Logger log = LogTo(OpenSyslog());
        first.Dispose();
        File.Delete(_directory["log"]);
        using Socket second = Listen();
        log.Information("after");
        Assert.EndsWith(": after", Receive(second), StringComparison.Ordinal);
    }

    [Fact]
    public void What_syslog_does_not_take_goes_to_standard_error()
    {
        Socket syslogd = Listen();
        using Logger log = LogTo(OpenSyslog());
        syslogd.Dispose();
        log.Warning("lost?");
        Assert.EndsWith("Z warning: lost?\n", WrittenToStandardError, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_syslog_is_noticed_at_once() => Assert.ThrowsAny<SocketException>(OpenSyslog);

    private string WrittenToStandardError => Encoding.UTF8.GetString(_standardError.ToArray());

    private SyslogSink OpenSyslog() => new(_directory["log"], "spiped-net", new StandardErrorSink(_standardError));

    private static Logger LogTo(SyslogSink sink) =>
        new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(sink).CreateLogger();

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(_directory["log"]));
        return socket;
    }

    private static string Receive(Socket syslogd)
    {
        byte[] datagram = new byte[4096];
        return Encoding.UTF8.GetString(datagram, 0, syslogd.Receive(datagram));
    }
}
