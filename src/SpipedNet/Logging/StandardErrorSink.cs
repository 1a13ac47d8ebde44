using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace SpipedNet.Logging;

/// <summary>A line an event, with its time in UTC and its level, in one write, so that lines of several processes do not mix.</summary>
internal sealed class StandardErrorSink(Stream standardError) : ILogEventSink
{
    private readonly Lock _lock = new();

    public void Emit(LogEvent logEvent)
    {
        string time = logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        byte[] line = Encoding.UTF8.GetBytes($"{time} {LevelName(logEvent.Level)}: {LogMessage.Of(logEvent)}\n");
        lock (_lock)
            standardError.Write(line);
    }

    private static string LevelName(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "trace",
        LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "information",
        LogEventLevel.Warning => "warning",
        LogEventLevel.Error => "error",
        _ => "critical",
    };
}
