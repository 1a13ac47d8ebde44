using System.IO.Pipes;

namespace SpipedNet.Hosting;

/// <summary>The daemon's side of <see cref="BackgroundProcess"/>: a session of its own, and word to the parent that waits.</summary>
internal sealed class ReadyReport : IDisposable
{
    private readonly AnonymousPipeClientStream _parent;
    private bool _isDone;

    private ReadyReport(AnonymousPipeClientStream parent) => _parent = parent;

    /// <summary>Makes this process a daemon if a parent has started it as one; null otherwise.</summary>
    public static ReadyReport? ToParent()
    {
        string? descriptor = Environment.GetEnvironmentVariable(BackgroundProcess.ReadyDescriptor);
        if (descriptor is null)
            return null;
        if (Libc.setsid() < 0)
            throw new InvalidOperationException($"setsid: {Libc.LastErrorText}");
        // The kernel took the executable's name; ps and killall shall find the one that the program was called by.
        string calledBy = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
        File.WriteAllText("/proc/self/comm", Path.GetFileName(calledBy));
        return new ReadyReport(new AnonymousPipeClientStream(PipeDirection.Out, descriptor));
    }

    /// <summary>Lets the parent return. Later calls do nothing.</summary>
    public void Ready()
    {
        if (_isDone)
            return;
        _isDone = true;
        try
        {
            _parent.WriteByte(1);
        }
        catch (IOException)
        {
            // The parent was killed; the daemon does not need it.
        }

        _parent.Dispose();
    }

    public void Dispose() => _parent.Dispose();
}
