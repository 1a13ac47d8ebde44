using System.Globalization;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using SpipedNet.CommandLine;

namespace SpipedNet.Hosting;

/// <summary>The daemon's side of <see cref="BackgroundProcess"/>: word to the parent that waits, and the leave from it.</summary>
internal sealed class ReadyReport : IDisposable
{
    private const int SignalAtParentsEnd = 1, None = 0, Terminate = 15; // PR_SET_PDEATHSIG, SIGTERM

    private readonly AnonymousPipeClientStream _parent;
    private bool _isDone;

    private ReadyReport(AnonymousPipeClientStream parent) => _parent = parent;

    /// <summary>
    /// The way to the parent that has started this process as a daemon; null when none has. A variable that is left over
    /// from one names no pipe.
    /// </summary>
    public static ReadyReport? ToParent()
    {
        string? value = Environment.GetEnvironmentVariable(BackgroundProcess.ReadyDescriptor);
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) || !IsPipeToWrite(descriptor))
            return null;
        // The key may be read from the parent's terminal: what ends the parent until then ends this process too.
        Libc.prctl(SignalAtParentsEnd, Terminate);
        if (HasNoReader(descriptor))
            Environment.Exit(1); // it had ended before
        return new ReadyReport(new AnonymousPipeClientStream(PipeDirection.Out, new SafePipeHandle(descriptor, ownsHandle: true)));
    }

    /// <summary>Makes this process a daemon: a session of its own, which nothing that happens to the parent or its terminal ends.</summary>
    /// <returns>Null, or one line that says why it cannot.</returns>
    public static string? LeaveParent()
    {
        Libc.prctl(SignalAtParentsEnd, None);
        if (Libc.setsid() < 0)
        {
            return $"cannot become a daemon: setsid: {Libc.LastErrorText}; "
                + $"{BackgroundProcess.ReadyDescriptor} is set and not by this program, unset it";
        }

        // The kernel took the executable's name; ps and killall shall find the one that the program was called by.
        string calledBy = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
        File.WriteAllText("/proc/self/comm", Path.GetFileName(calledBy));
        return null;
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

    private static unsafe bool HasNoReader(int descriptor)
    {
        var state = new Libc.PollDescriptor { Number = descriptor };
        return Libc.poll(&state, 1, 0) > 0;
    }

    private static bool IsPipeToWrite(int descriptor)
    {
        const int accessMode = 3, writeOnly = 1; // O_ACCMODE, O_WRONLY
        return descriptor > StandardDescriptor.Error
            && StandardDescriptor.IsOpen(descriptor)
            && (Libc.fcntl(descriptor, Libc.F_GETFL) & accessMode) == writeOnly
            && new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true;
    }
}
