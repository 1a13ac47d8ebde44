namespace SpipedNet.Tunnel;

/// <summary>The open connections of one tunnel, on whichever loops. Thread-safe.</summary>
internal sealed class ConnectionSet
{
    private readonly Lock _lock = new();
    private readonly HashSet<(EventLoop Loop, Connection Connection)> _members = [];
    private TaskCompletionSource? _emptyAwaited;
    private Payload _ended;
    private int _count;

    /// <summary>How many are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What all connections have carried, those that are open so far.</summary>
    public Payload Carried
    {
        get
        {
            lock (_lock)
                return _members.Aggregate(_ended, (sum, member) => sum + member.Connection.Carried);
        }
    }

    /// <summary>Whether one that is open was established after a time, and has got an answer over the wire.</summary>
    public bool IsAnyAnsweredSince(DateTimeOffset time)
    {
        lock (_lock)
            return _members.Any(member => member.Connection.EstablishedAt > time && member.Connection.Carried.Decrypted > 0);
    }

    public void Add(EventLoop loop, Connection connection)
    {
        lock (_lock)
            _members.Add((loop, connection));
    }

    /// <summary>Counts a connection from its accept, before its loop has taken it over.</summary>
    public int Reserve() => Interlocked.Increment(ref _count);

    public void Remove(EventLoop loop, Connection connection)
    {
        lock (_lock)
        {
            if (_members.Remove((loop, connection)))
                _ended += connection.Carried;
        }

        Unreserve();
    }

    /// <summary>Takes a reservation back.</summary>
    public void Unreserve()
    {
        TaskCompletionSource? awaited = null;
        lock (_lock)
        {
            if (Interlocked.Decrement(ref _count) == 0)
                (awaited, _emptyAwaited) = (_emptyAwaited, null);
        }

        awaited?.SetResult();
    }

    /// <summary>Completes when none is open.</summary>
    public Task WaitUntilEmptyAsync()
    {
        lock (_lock)
        {
            return _count == 0
                ? Task.CompletedTask
                : (_emptyAwaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Resets those to a target, and those that are being made to it.</summary>
    /// <returns>How many were known to lead there.</returns>
    public int CancelTo(TargetResolver target)
    {
        int count = 0;
        lock (_lock)
        {
            foreach ((EventLoop loop, Connection connection) in _members)
            {
                TargetResolver? chosen = connection.Target;
                if (chosen == target)
                    count++;
                // One without a target may choose this one before its loop comes to it.
                if (chosen == target || chosen is null)
                    loop.Post(() => connection.CancelIfTo(target));
            }
        }

        return count;
    }

    /// <summary>Resets those whose key was revoked.</summary>
    /// <returns>How many there were.</returns>
    public int Revoke()
    {
        lock (_lock)
        {
            (EventLoop Loop, Connection Connection)[] revoked = [.. _members.Where(member => member.Connection.Key is { IsRevoked: true })];
            foreach ((EventLoop loop, Connection connection) in revoked)
                loop.Post(connection.Revoke);
            return revoked.Length;
        }
    }

    /// <summary>Resets all that are open.</summary>
    public void CancelAll()
    {
        lock (_lock)
        {
            foreach ((EventLoop loop, Connection connection) in _members)
                loop.Post(connection.Cancel);
        }
    }
}
