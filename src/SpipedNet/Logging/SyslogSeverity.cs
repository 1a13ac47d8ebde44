using Serilog.Events;

namespace SpipedNet.Logging;

/// <summary>The levels as syslog, and so the journal, numbers them (RFC 3164 section 4.1.1).</summary>
internal static class SyslogSeverity
{
    /// <summary>The number of a level.</summary>
    public static int Of(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => 7,
        LogEventLevel.Information => 6,
        LogEventLevel.Warning => 4,
        LogEventLevel.Error => 3,
        _ => 2,
    };
}
