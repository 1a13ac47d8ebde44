using System.Globalization;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace SpipedNet.Logging;

/// <summary>An event's message as one line of text.</summary>
internal static class LogMessage
{
    private static readonly MessageTemplateTextFormatter Formatter = new("{Message:lj}", CultureInfo.InvariantCulture);

    /// <summary>The message, and the exception where there is one; control characters, line ends above all, become spaces.</summary>
    public static string Of(LogEvent logEvent)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        Formatter.Format(logEvent, text);
        if (logEvent.Exception is not null)
            text.Write($": {logEvent.Exception}");
        return string.Create(text.GetStringBuilder().Length, text.ToString(), (line, message) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = char.IsControl(message[i]) ? ' ' : message[i];
        });
    }
}
