namespace SpipedNet.Tunnel;

/// <summary>A connection's place among those that the limit allows; disposing it gives it back.</summary>
internal sealed class Place(Admission admission) : IDisposable
{
    private bool _isLeft;

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isLeft, true))
            admission.Leave();
    }
}

/// <summary>The places for connections of one tunnel (<c>-n</c>). Thread-safe.</summary>
internal sealed class Admission(int limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<Place?>> _waiting = new();
    private bool _isFreeAwaited;
    private int _taken;
    private int _waited;

    /// <summary>Called when one has to wait, and for <see cref="TryAwaitFree"/>; on whatever thread.</summary>
    public Action? OnChange { get; set; }

    /// <summary>How many are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>How many have waited for a place since this was last asked.</summary>
    public int TakeWaited() => Interlocked.Exchange(ref _waited, 0);

    /// <summary>Whether one waits for a place, or has waited since <see cref="TakeWaited"/>.</summary>
    public bool HasWaited => Volatile.Read(ref _waited) > 0;

    /// <summary>Takes a place; null when there is none.</summary>
    public Place? TryTake()
    {
        lock (_lock)
            return _taken < limit ? TakeFree() : null;
    }

    /// <summary>Takes a place, after all who wait already; null when there was none in time. The loop is the caller's.</summary>
    public async ValueTask<Place?> TakeAsync(EventLoop loop, TimeSpan patience)
    {
        TaskCompletionSource<Place?> turn;
        lock (_lock)
        {
            if (_taken < limit)
                return TakeFree();
            _waited++;
            turn = new TaskCompletionSource<Place?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        OnChange?.Invoke();
        Deadline deadline = loop.After(patience, () => turn.TrySetResult(null));
        Place? place = await turn.Task;
        deadline.Cancel();
        return place;
    }

    /// <summary>Has <see cref="OnChange"/> called for the next place that becomes free; false when one is free now.</summary>
    public bool TryAwaitFree()
    {
        if (Taken < limit)
            return false;
        lock (_lock)
            return _isFreeAwaited = _taken >= limit;
    }

    /// <summary>Gives a place back; who waits the longest gets it.</summary>
    public void Leave()
    {
        bool isFreeAwaited;
        lock (_lock)
        {
            while (_waiting.TryDequeue(out TaskCompletionSource<Place?>? turn))
            {
                if (turn.TrySetResult(new Place(this)))
                    return;
            }

            _taken--;
            (isFreeAwaited, _isFreeAwaited) = (_isFreeAwaited, false);
        }

        if (isFreeAwaited)
            OnChange?.Invoke();
    }

    private Place TakeFree()
    {
        _taken++;
        return new Place(this);
    }
}
