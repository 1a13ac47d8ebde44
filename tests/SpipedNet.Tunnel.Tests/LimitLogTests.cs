using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace SpipedNet.Tunnel.Tests;

/// <summary>The limit is worth a line when somebody waits because of it.</summary>
public sealed class LimitLogTests
{
    private readonly Lines _lines = new();

    [Fact]
    public async Task Connections_one_after_another_at_the_limit_log_nothing()
    {
        using var tunnel = new TestTunnel { Logger = _lines };
        var source = await tunnel.StartReceiverAsync(maxConnections: 1);
        for (int i = 0; i < 5; i++)
        {
            using Socket client = await TestTunnel.ConnectAsync(source);
            await SocketAssert.ReadAsync(client, 32);
        }

        Assert.DoesNotContain(_lines.All, line => line.Contains("limit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_waits_is_told_once()
    {
        using var tunnel = new TestTunnel { Logger = _lines };
        var source = await tunnel.StartReceiverAsync(maxConnections: 1);
        using Socket first = await TestTunnel.ConnectAsync(source);
        await SocketAssert.ReadAsync(first, 32);
        using Socket second = await TestTunnel.ConnectAsync(source);
        using Socket third = await TestTunnel.ConnectAsync(source);
        await _lines.Reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        first.Close();
        await SocketAssert.ReadAsync(second, 32);
        Assert.Single(_lines.All, line => line.Contains("limit of 1 connections reached", StringComparison.Ordinal));
    }

    private sealed class Lines : ILogger<Tunnel>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string line = formatter(state, exception);
            All.Enqueue(line);
            if (line.Contains("limit of 1 connections reached", StringComparison.Ordinal))
                Reached.TrySetResult();
        }
    }
}
