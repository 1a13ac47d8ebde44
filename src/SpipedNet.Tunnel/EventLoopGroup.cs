namespace SpipedNet.Tunnel;

/// <summary>
/// The event loops of a process, one a processor unless told otherwise. Tunnels share them; a connection goes to the
/// loop that has the fewest.
/// </summary>
internal sealed class EventLoopGroup : IDisposable
{
    private readonly EventLoop[] _loops;
    private readonly int[] _connections;
    private readonly ComputeThreads _compute;

    /// <summary>Starts the loops' threads.</summary>
    public EventLoopGroup(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _compute = new ComputeThreads(count);
        _loops = [.. Enumerable.Range(0, count).Select(i => new EventLoop($"loop-{i}", _compute))];
        _connections = new int[count];
    }

    /// <summary>Ends the threads. Sockets that are still open stay so until the process ends.</summary>
    public void Dispose()
    {
        foreach (EventLoop loop in _loops)
            loop.Dispose();
        _compute.Dispose();
    }

    internal EventLoop First => _loops[0];

    /// <summary>The least busy loop, counted as having one more connection until <see cref="Release"/>.</summary>
    internal EventLoop Assign()
    {
        int least = 0;
        for (int i = 1; i < _loops.Length; i++)
        {
            if (Volatile.Read(ref _connections[i]) < Volatile.Read(ref _connections[least]))
                least = i;
        }

        Interlocked.Increment(ref _connections[least]);
        return _loops[least];
    }

    /// <summary>Completes once every loop has run something that was posted to it now.</summary>
    internal Task RespondAsync() => Task.WhenAll(_loops.Select(loop =>
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(answer.SetResult);
        return answer.Task;
    }));

    internal void Release(EventLoop loop) => Interlocked.Decrement(ref _connections[Array.IndexOf(_loops, loop)]);
}
