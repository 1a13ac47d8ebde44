using SpipedNet.Tunnel;

namespace SpipedNet.Fuzz;

/// <summary>Something that runs on an event loop, awaited from another thread.</summary>
internal static class EventLoopRun
{
    /// <summary>Starts it on the loop's thread; its result, or exception, comes to any other.</summary>
    public static Task<T> RunAsync<T>(this EventLoop loop, Func<EventLoop, Task<T>> run)
    {
        var started = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => started.SetResult(run(loop)));
        return started.Task.Unwrap();
    }
}
