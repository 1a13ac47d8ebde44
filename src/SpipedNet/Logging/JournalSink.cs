using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace SpipedNet.Logging;

/// <summary>A line an event for systemd's journal, which has the time itself: the priority as of sd-daemon(3), and the message.</summary>
internal sealed class JournalSink(Stream standardError) : ILogEventSink
{
    private readonly Lock _lock = new();

    public void Emit(LogEvent logEvent)
    {
        byte[] line = Encoding.UTF8.GetBytes($"<{SyslogSeverity.Of(logEvent.Level)}>{LogMessage.Of(logEvent)}\n");
        lock (_lock)
            standardError.Write(line);
    }
}
