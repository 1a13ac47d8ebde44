using System.Collections.Concurrent;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using SpipedNet.Logging;

namespace SpipedNet.CommandLine.Tests;

/// <summary>A log that its reader does not drain holds nobody up, and nothing is lost without a word.</summary>
public sealed class BackgroundSinkTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly StuckSink _stuck = new();

    public void Dispose() => _stuck.Dispose();

    [Fact]
    public void Who_logs_does_not_wait_for_a_log_that_is_stuck()
    {
        using Logger log = LogTo(new BackgroundSink(_stuck, lastMoment: TimeSpan.Zero));
        log.Information("1");
        log.Information("2");
        Assert.Empty(_stuck.Written);
    }

    [Fact]
    public void The_end_waits_until_all_is_written_in_order()
    {
        _stuck.Release();
        string[] messages = [.. Enumerable.Range(0, BackgroundSink.Capacity).Select(i => $"{i}")];
        using (Logger log = LogTo(new BackgroundSink(_stuck, Deadline)))
        {
            foreach (string message in messages)
                log.Information(message);
        }

        Assert.Equal(messages, _stuck.Written);
    }

    [Fact]
    public void The_end_does_not_wait_for_a_log_that_stays_stuck()
    {
        Logger log = LogTo(new BackgroundSink(_stuck, lastMoment: TimeSpan.FromMilliseconds(1)));
        log.Information("never");
        log.Dispose();
        Assert.Empty(_stuck.Written);
    }

    [Fact]
    public void What_finds_the_queue_full_is_dropped_and_counted_by_a_line_after_what_did_fit()
    {
        using var sink = new BackgroundSink(_stuck, Deadline);
        using Logger log = LogTo(sink);
        log.Information("first");
        Assert.True(_stuck.IsEntered.Wait(Deadline));
        for (int i = 0; i < BackgroundSink.Capacity + 3; i++)
            log.Information($"{i}");
        _stuck.Release();
        Assert.True(sink.Flush());
        log.Information("last");
        Assert.True(sink.Flush());

        Assert.Equal(BackgroundSink.Capacity + 3, _stuck.Written.Count);
        Assert.Equal(
            [$"{BackgroundSink.Capacity - 1}", "3 log lines were dropped, because nobody took them", "last"],
            _stuck.Written.TakeLast(3));
    }

    private static Logger LogTo(BackgroundSink sink) => new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();

    /// <summary>Writes nothing until it is released.</summary>
    private sealed class StuckSink : ILogEventSink, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        /// <summary>The first event has come.</summary>
        public ManualResetEventSlim IsEntered { get; } = new();

        public ConcurrentQueue<string> Written { get; } = new();

        public void Release() => _released.Set();

        public void Emit(LogEvent logEvent)
        {
            IsEntered.Set();
            _released.Wait();
            Written.Enqueue(LogMessage.Of(logEvent));
        }

        // The test's end lets the thread that waits above end too.
        public void Dispose() => Release();
    }
}
