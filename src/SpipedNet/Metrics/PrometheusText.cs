using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace SpipedNet.Metrics;

/// <summary>
/// Prometheus' text format 0.0.4 of a meter. Names are made as OpenTelemetry's exporters make them: dots become underscores,
/// a unit that is one is appended, and a counter ends in _total.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The content type that goes with it.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();

    // In the order in which the instruments were made; filled anew by each collection.
    private readonly Dictionary<Instrument, StringBuilder> _samples = [];

    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter != meter)
                return;
            _samples.Add(instrument, new StringBuilder());
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            Add(instrument, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            Add(instrument, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.Start();
    }

    /// <summary>Asks all instruments.</summary>
    public byte[] Collect()
    {
        // Several may scrape at a time.
        lock (_lock)
        {
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach ((Instrument instrument, StringBuilder samples) in _samples)
            {
                if (samples.Length == 0)
                    continue;
                string name = NameOf(instrument);
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {TypeOf(instrument)}\n");
                text.Append(samples);
                samples.Clear();
            }

            return Encoding.UTF8.GetBytes(text.ToString());
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>What Prometheus calls an instrument.</summary>
    internal static string NameOf(Instrument instrument)
    {
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        string name = instrument.Name.Replace('.', '_');
        return (name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit) + (IsCounter(instrument) ? "_total" : "");
    }

    private static string TypeOf(Instrument instrument) => IsCounter(instrument) ? "counter" : "gauge";

    private static bool IsCounter(Instrument instrument) => instrument is ObservableCounter<long> or ObservableCounter<double>;

    private void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        StringBuilder samples = _samples[instrument];
        samples.Append(NameOf(instrument));
        char separator = '{';
        foreach ((string label, object? text) in tags)
        {
            samples.Append(separator).Append(label).Append("=\"").Append(Escape($"{text}")).Append('"');
            separator = ',';
        }

        samples.Append(tags.Length > 0 ? "} " : " ").Append(value).Append('\n');
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
