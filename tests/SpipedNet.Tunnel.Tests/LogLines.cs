using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What a tunnel has logged, from information level on, each line after its level: "Warning: words".</summary>
internal sealed class LogLines : ILogger<Tunnel>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<string> _lines = [];
    private TaskCompletionSource _grown = NewSignal();

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Waits for a line that contains the text.</summary>
    public async Task<string> WithAsync(string text)
    {
        while (true)
        {
            Task grown;
            lock (_lines)
            {
                if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                    return found;
                grown = _grown.Task;
            }

            await grown.WaitAsync(Patience);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        TaskCompletionSource grown;
        lock (_lines)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
            (grown, _grown) = (_grown, NewSignal());
        }

        grown.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
