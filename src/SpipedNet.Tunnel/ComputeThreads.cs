using System.Collections.Concurrent;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>
/// The threads that exponentiations run on, so that a handshake never stalls the connections of a loop. Not the thread
/// pool: its idle threads spin, which costs more than they compute.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    // Behind the loops, whose work is short and is waited for, on a machine whose processors are all busy.
    private const int Nice = 5;

    private readonly BlockingCollection<Action> _work = [];

    public ComputeThreads(int count)
    {
        for (int i = 0; i < count; i++)
            new Thread(Run) { Name = $"compute-{i}", IsBackground = true }.Start();
    }

    /// <summary>Queues work; the task completes with its result where it is awaited, that is on the caller's loop.</summary>
    public Task<T> RunAsync<T>(Func<T> compute)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
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
        return result.Task;
    }

    /// <summary>Ends the threads when the queue is empty.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        Libc.setpriority(0, 0, Nice);
        foreach (Action work in _work.GetConsumingEnumerable())
            work();
    }
}
