using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Parsing;

namespace SpipedNet.Logging;

/// <summary>An event's message as one line of text.</summary>
internal static class LogMessage
{
    /// <summary>The property that has the name of the tunnel which an event is about.</summary>
    public const string TunnelProperty = "Tunnel";

    /// <summary>The message, and the exception where there is one; control characters, line ends above all, become spaces.</summary>
    public static string Of(LogEvent logEvent)
    {
        var line = new StringBuilder();
        if (logEvent.Properties.TryGetValue(TunnelProperty, out LogEventPropertyValue? tunnel) && tunnel is ScalarValue { Value: string name })
            line.Append(name).Append(": ");
        // Not Serilog's own rendering: it quotes strings, and its formatters cost a tenth of the start.
        foreach (MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
            line.Append(token is PropertyToken property ? ValueOf(logEvent, property) : token.ToString());
        if (logEvent.Exception is not null)
            line.Append(": ").Append(logEvent.Exception);
        for (int i = 0; i < line.Length; i++)
        {
            if (char.IsControl(line[i]))
                line[i] = ' ';
        }

        return line.ToString();
    }

    private static string ValueOf(LogEvent logEvent, PropertyToken property) =>
        logEvent.Properties.TryGetValue(property.PropertyName, out LogEventPropertyValue? value) && value is ScalarValue scalar
            ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? ""
            : property.ToString();
}
