using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace SpipedNet.Logging;

/// <summary>
/// Hands events to another sink on a thread of its own, so that a log that nobody drains holds up no connection and no
/// end. What finds the queue full is dropped, and so is all that follows until the queue is empty; then a line says how
/// much that was.
/// </summary>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    /// <summary>How many events may wait.</summary>
    public const int Capacity = 1024;

    private readonly object _lock = new();
    private readonly Queue<LogEvent> _waiting = new();
    private readonly ILogEventSink _sink;
    private readonly TimeSpan _lastMoment;
    private int _dropped;
    private bool _isWriting;
    private bool _isEnding;

    /// <param name="sink">Who writes; disposed with this.</param>
    /// <param name="lastMoment">How long the end, or a flush, waits for what is not written yet.</param>
    public BackgroundSink(ILogEventSink sink, TimeSpan lastMoment)
    {
        _sink = sink;
        _lastMoment = lastMoment;
        new Thread(WriteAll) { Name = "log", IsBackground = true }.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (_dropped > 0 || _waiting.Count == Capacity)
                _dropped++;
            else
                _waiting.Enqueue(logEvent);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits a moment for all to be written.</summary>
    /// <returns>Whether it was.</returns>
    public bool Flush()
    {
        long end = Environment.TickCount64 + (long)_lastMoment.TotalMilliseconds;
        lock (_lock)
        {
            long left = end - Environment.TickCount64;
            while (!IsIdle && left > 0)
            {
                Monitor.Wait(_lock, (int)left);
                left = end - Environment.TickCount64;
            }

            return IsIdle;
        }
    }

    public void Dispose()
    {
        bool isFlushed = Flush();
        lock (_lock)
        {
            _isEnding = true;
            Monitor.PulseAll(_lock);
        }

        // Otherwise the thread still uses it, and ends with the process.
        if (isFlushed)
            (_sink as IDisposable)?.Dispose();
    }

    private bool IsIdle => _waiting.Count == 0 && _dropped == 0 && !_isWriting;

    private void WriteAll()
    {
        while (TryTake(out LogEvent? next))
        {
            try
            {
                _sink.Emit(next);
            }
            catch (IOException)
            {
                // A full device: there is nowhere to say so.
            }
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LogEvent? next)
    {
        lock (_lock)
        {
            _isWriting = false;
            Monitor.PulseAll(_lock);
            while (IsIdle && !_isEnding)
                Monitor.Wait(_lock);
            next = IsIdle ? null : _waiting.Count > 0 ? _waiting.Dequeue() : TakeDropped();
            _isWriting = next is not null;
            return _isWriting;
        }
    }

    private LogEvent TakeDropped()
    {
        string text = $"{_dropped} log {(_dropped == 1 ? "line was" : "lines were")} dropped, because nobody took them";
        _dropped = 0;
        return new LogEvent(
            DateTimeOffset.Now, LogEventLevel.Warning, exception: null, new MessageTemplate([new TextToken(text)]), []);
    }
}
