using System.Collections.Concurrent;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>
/// The threads that exponentiations run on, so that a handshake never stalls the connections of a loop. They wait in the
/// kernel: threads of the pool, and of a BlockingCollection, spin before they sleep, 80 times a connection, on processors
/// that the loops need.
/// </summary>
internal sealed unsafe class ComputeThreads : IDisposable
{
    // Behind the loops, whose work is short and is waited for, on a machine whose processors are all busy.
    private const int Nice = 5;

    private readonly ConcurrentQueue<Action> _work = new();
    private readonly int _available = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_SEMAPHORE);
    private readonly int _count;
    private int _running;

    public ComputeThreads(int count)
    {
        if (_available < 0)
            throw new InvalidOperationException($"cannot create threads to compute on: {Libc.LastError.Describe()}");
        _count = _running = count;
        for (int i = 0; i < count; i++)
            new Thread(Run) { Name = $"compute-{i}", IsBackground = true }.Start();
    }

    /// <summary>Queues work; the task completes with its result where it is awaited, that is on the caller's loop.</summary>
    public Task<T> RunAsync<T>(Func<T> compute)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(() =>
        {
            try
            {
                result.SetResult(compute());
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });
        Announce(1);
        return result.Task;
    }

    /// <summary>Ends each thread after the work that is queued.</summary>
    public void Dispose() => Announce((ulong)_count);

    private void Run()
    {
        Libc.setpriority(0, 0, Nice);
        // What is announced without work is the end.
        while (TakeNext() is { } work)
            work();
        if (Interlocked.Decrement(ref _running) == 0)
            Libc.close(_available);
    }

    private Action? TakeNext()
    {
        ulong one;
        while (Libc.read(_available, &one, sizeof(ulong)) < 0)
            continue; // interrupted
        return _work.TryDequeue(out Action? work) ? work : null;
    }

    private void Announce(ulong count) => Libc.write(_available, &count, sizeof(ulong));
}
