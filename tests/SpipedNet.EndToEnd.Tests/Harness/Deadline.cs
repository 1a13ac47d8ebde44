namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>Waits that end: for a task, or for a condition that has no event to wait for.</summary>
internal static class Deadline
{
    /// <summary>Long enough for a loaded machine; only a failing test waits this long.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until <paramref name="condition"/> is true.</summary>
    /// <exception cref="TimeoutException">It stayed false; the message names <paramref name="what"/>.</exception>
    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, within);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string, TimeSpan?)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        TimeSpan limit = within ?? Usual;
        long start = Environment.TickCount64;
        while (!await condition())
        {
            if (Environment.TickCount64 - start > limit.TotalMilliseconds)
                throw new TimeoutException($"waited {limit.TotalSeconds} s in vain until {what}");
            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Waits for <paramref name="task"/>.</summary>
    /// <exception cref="TimeoutException">It did not end; the message names <paramref name="what"/>.</exception>
    public static async Task<T> ForAsync<T>(Task<T> task, string what, TimeSpan? within = null)
    {
        await ForAsync((Task)task, what, within);
        return await task;
    }

    /// <inheritdoc cref="ForAsync{T}"/>
    public static async Task ForAsync(Task task, string what, TimeSpan? within = null)
    {
        TimeSpan limit = within ?? Usual;
        using var cancel = new CancellationTokenSource();
        if (await Task.WhenAny(task, Task.Delay(limit, cancel.Token)) != task)
            throw new TimeoutException($"waited {limit.TotalSeconds} s in vain for {what}");
        await cancel.CancelAsync();
        await task;
    }
}
