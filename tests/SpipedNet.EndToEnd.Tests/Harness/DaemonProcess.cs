using System.Globalization;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A spiped that has gone into the background: its parent has returned 0.</summary>
internal sealed class DaemonProcess : IDisposable
{
    // Upstream's test suite asks for the end within a second of the last connection's; a loaded machine gets more.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly TestProcess _parent;

    private DaemonProcess(TestProcess parent, int id)
    {
        _parent = parent;
        Id = id;
    }

    /// <summary>What the pid file says.</summary>
    public int Id { get; }

    public bool IsRunning => ProcessTable.IsRunning(Id);

    public string Error => _parent.Error;

    /// <summary>Starts one and asserts that its pid file names the daemon, which runs, when the parent returns.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments, without <c>-F</c>.</param>
    /// <param name="pidFile">The file to read; a relative path starts at <paramref name="directory"/>.</param>
    /// <param name="directory">The working directory.</param>
    public static async Task<DaemonProcess> StartAsync(
        string program, IEnumerable<string> arguments, string pidFile, string directory)
    {
        TestProcess parent = TestProcess.Start(program, arguments, directory);
        try
        {
            int status = await parent.ExitAsync();
            Assert.True(status == 0, $"the parent returned {status}: {parent.Error}");
            string id = await File.ReadAllTextAsync(Path.Combine(directory, pidFile));
            var daemon = new DaemonProcess(parent, int.Parse(id, CultureInfo.InvariantCulture));
            // Signals will go to this process: a wrong file must not name somebody else's.
            Assert.True(
                parent.Running.Contains(daemon.Id),
                $"the pid file names {id}; what runs is {string.Join(", ", parent.Running)}; it wrote: {parent.Error}");
            return daemon;
        }
        catch
        {
            parent.Dispose();
            throw;
        }
    }

    public void Signal(int signal) => ProcessTable.Signal(Id, signal);

    /// <summary>Waits until the process is gone.</summary>
    public Task EndAsync() => Deadline.UntilAsync(() => !IsRunning, $"daemon {Id} is gone; it wrote: {Error}", EndLimit);

    public void Dispose() => _parent.Dispose();
}
