namespace SpipedNet.Tunnel;

/// <summary>A callback that happens once, at its time, unless it is cancelled before.</summary>
internal sealed class Deadline(Action callback)
{
    private Action? _callback = callback;

    /// <summary>The callback will not be called; what it refers to is released at once.</summary>
    public void Cancel() => _callback = null;

    public void Run()
    {
        Action? callback = _callback;
        _callback = null;
        callback?.Invoke();
    }
}

/// <summary>The deadlines of one loop, soonest first. A cancelled one stays as an empty entry until its time.</summary>
internal sealed class DeadlineQueue
{
    private readonly PriorityQueue<Deadline, long> _queue = new();

    public Deadline Add(TimeSpan delay, Action callback)
    {
        var deadline = new Deadline(callback);
        _queue.Enqueue(deadline, Environment.TickCount64 + (long)Math.Ceiling(delay.TotalMilliseconds));
        return deadline;
    }

    /// <summary>The time to wait for the next deadline in milliseconds; -1 (for ever) when there is none.</summary>
    public int MillisecondsToNext()
    {
        if (!_queue.TryPeek(out _, out long due))
            return -1;
        return (int)Math.Clamp(due - Environment.TickCount64, 0, int.MaxValue);
    }

    public void RunDue()
    {
        while (_queue.TryPeek(out Deadline? deadline, out long due) && due <= Environment.TickCount64)
        {
            _queue.Dequeue();
            deadline.Run();
        }
    }
}
