using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;
using SpipedNet.CommandLine;
using SpipedNet.Systemd;

namespace SpipedNet.Logging;

/// <summary>Where the daemon's log goes: standard error, or syslog.</summary>
internal sealed class DaemonLogs : IDisposable
{
    // An end that nobody reads about is not put off for long.
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    private readonly BackgroundSink _sink;
    private readonly Logger _logger;

    /// <summary>Opens the log.</summary>
    /// <param name="level">The least severe messages to log.</param>
    /// <param name="isSyslog">To syslog; where there is none, to standard error, which then says so.</param>
    public DaemonLogs(LogLevel level, bool isSyslog)
    {
        IsJournal = !isSyslog && JournalStream.IsStandardError;
        Stream standardError =
            StandardDescriptor.IsOpen(StandardDescriptor.Error) ? Console.OpenStandardError() : Stream.Null;
        ILogEventSink sink = IsJournal ? new JournalSink(standardError) : new StandardErrorSink(standardError);
        if (isSyslog)
            sink = OpenSyslog(sink);
        _sink = new BackgroundSink(sink, LastMoment);
        _logger = new LoggerConfiguration()
            .MinimumLevel.Is(LevelConvert.ToSerilogLevel(level))
            .WriteTo.Sink(_sink)
            .CreateLogger();
        Factory = new SerilogLoggerFactory(_logger, dispose: true);
    }

    /// <summary>Makes the loggers.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>Whether the log goes to standard error, and from there to the journal, which knows lines by their levels.</summary>
    public bool IsJournal { get; }

    /// <summary>A logger for what happens to a tunnel, whose name begins its lines.</summary>
    /// <param name="tunnel">The name; null for none.</param>
    public Microsoft.Extensions.Logging.ILogger For(string? tunnel) => tunnel is null
        ? Factory.CreateLogger<Tunnel.Tunnel>()
        : new SerilogLoggerFactory(_logger.ForContext(LogMessage.TunnelProperty, tunnel)).CreateLogger<Tunnel.Tunnel>();

    /// <summary>Waits a moment for all lines to be written.</summary>
    public void Flush() => _sink.Flush();

    /// <summary>As <see cref="Flush"/>, and ends the log.</summary>
    public void Dispose() => Factory.Dispose();

    private static ILogEventSink OpenSyslog(ILogEventSink standardError)
    {
        try
        {
            return new SyslogSink(SyslogSink.DefaultSocket, ProgramText.Daemon.Name, standardError);
        }
        catch (SocketException)
        {
            StandardDescriptor.Say(
                ProgramText.Daemon, $"warning: no syslog listens on {SyslogSink.DefaultSocket}; logging to standard error instead");
            return standardError;
        }
    }
}
