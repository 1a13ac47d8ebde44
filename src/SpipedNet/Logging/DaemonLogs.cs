using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;
using SpipedNet.CommandLine;

namespace SpipedNet.Logging;

/// <summary>Where the daemon's log goes: standard error, or syslog.</summary>
internal static class DaemonLogs
{
    /// <summary>Opens the log.</summary>
    /// <param name="level">The least severe messages to log.</param>
    /// <param name="isSyslog">To syslog; where there is none, to standard error, which then says so.</param>
    public static ILoggerFactory Create(LogLevel level, bool isSyslog)
    {
        ILogEventSink sink = new StandardErrorSink(Console.OpenStandardError());
        if (isSyslog)
            sink = OpenSyslog(sink);
        Logger logger = new LoggerConfiguration()
            .MinimumLevel.Is(LevelConvert.ToSerilogLevel(level))
            .WriteTo.Sink(sink)
            .CreateLogger();
        return new SerilogLoggerFactory(logger, dispose: true);
    }

    private static ILogEventSink OpenSyslog(ILogEventSink standardError)
    {
        try
        {
            return new SyslogSink(SyslogSink.DefaultSocket, ProgramText.Daemon.Name, standardError);
        }
        catch (SocketException)
        {
            Console.Error.WriteLine(
                $"{ProgramText.Daemon.Name}: warning: no syslog listens on {SyslogSink.DefaultSocket}; logging to standard error instead");
            return standardError;
        }
    }
}
