using System.Collections.Concurrent;

namespace SpipedNet.Tunnel;

/// <summary>
/// The threads that exponentiations run on, so that a handshake never stalls the connections of a loop. Not the thread
/// pool: its idle threads spin, which costs more than they compute.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
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
        foreach (Action work in _work.GetConsumingEnumerable())
            work();
    }
}
