using SpipedNet.Hosting;

namespace SpipedNet.CommandLine.Tests;

public sealed class PidFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_holds_the_process_id_without_a_newline_and_stays()
    {
        string path = _directory["pid"];
        using (PidFile file = Open(path))
        {
            Assert.Null(file.Write());
            file.Keep();
        }

        Assert.Equal($"{Environment.ProcessId}", File.ReadAllText(path));
    }

    [Fact]
    public void A_start_that_is_called_off_before_writing_leaves_none_behind()
    {
        string path = _directory["pid"];
        using (PidFile file = Open(path))
            file.Keep();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_start_that_fails_leaves_none_behind()
    {
        string path = _directory["pid"];
        using (PidFile file = Open(path))
            Assert.Null(file.Write());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_start_that_fails_before_writing_leaves_none_behind()
    {
        string path = _directory["pid"];
        Open(path).Dispose();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_start_that_fails_before_writing_leaves_another_processs_file_as_it_was()
    {
        string path = _directory["pid"];
        File.WriteAllText(path, "1");
        Open(path).Dispose();
        Assert.Equal("1", File.ReadAllText(path));
    }

    [Fact]
    public void A_stale_file_is_overwritten_whole()
    {
        string path = _directory["pid"];
        File.WriteAllText(path, "a longer number than any process id");
        using PidFile file = Open(path);
        Assert.Null(file.Write());
        Assert.Equal($"{Environment.ProcessId}", File.ReadAllText(path));
    }

    [Fact]
    public void A_device_is_written_and_never_removed()
    {
        // Through a link of the test's own: were this to fail as root, only the link would go, not the machine's device.
        string path = _directory["device"];
        File.CreateSymbolicLink(path, "/dev/null");
        using (PidFile file = Open(path))
            Assert.Null(file.Write());
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void No_path_means_no_file()
    {
        using PidFile file = Open(null);
        Assert.Null(file.Write());
    }

    [Fact]
    public void An_unwritable_file_is_one_line_with_the_reason()
    {
        string path = _directory["missing/pid"];
        Assert.False(PidFile.TryOpen(path, out _, out string? error));
        Assert.Equal($"cannot write pid file {path}: no such file or directory; choose another with -p", error);
    }

    [Fact]
    public void A_directory_is_no_pid_file()
    {
        Assert.False(PidFile.TryOpen("/tmp", out _, out string? error));
        Assert.Equal("cannot write pid file /tmp: it is a directory; choose another with -p", error);
    }

    private static PidFile Open(string? path)
    {
        Assert.True(PidFile.TryOpen(path, out PidFile? file, out string? error), error);
        return file;
    }
}
