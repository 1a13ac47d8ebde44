using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>Going into the background, and the pid file.</summary>
public sealed class DaemonTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestAddress _source;
    private readonly string[] _arguments;

    public DaemonTests()
    {
        _source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        TestAddress target = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _arguments = ["-e", "-s", _source.Text, "-t", target.Text, "-k", _directory.NewKey()];
    }

    [Fact]
    public async Task The_parent_returns_when_the_daemon_listens()
    {
        using DaemonProcess daemon = await StartAsync($"{_source}.pid");

        Assert.True(_source.IsListening);
    }

    [Fact]
    public async Task The_pid_file_is_named_after_the_source_and_lies_in_the_working_directory()
    {
        using DaemonProcess daemon = await StartAsync($"{_source}.pid");

        string id = await File.ReadAllTextAsync(_directory.File($"{_source}.pid"));
        Assert.Equal($"{daemon.Id}", id);
    }

    [Fact]
    public async Task The_pid_file_may_be_named()
    {
        using DaemonProcess daemon = await StartAsync("named.pid", "-p", "named.pid");

        Assert.Equal(["named.pid"], PidFiles());
    }

    [Fact]
    public async Task The_daemon_leads_a_session_of_its_own()
    {
        using DaemonProcess daemon = await StartAsync($"{_source}.pid");

        Assert.Equal(daemon.Id, ProcessTable.SessionOf(daemon.Id));
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_named_pid_file_is_written_in_the_foreground_too()
    {
        string pidFile = _directory.File("foreground.pid");
        using TestProcess process = TestProcess.Start(Programs.SpipedNet, ["-F", "-p", pidFile, .. _arguments]);
        await Deadline.UntilAsync(() => _source.IsListening, "it listens");

        await Deadline.UntilAsync(() => File.ReadAllText(pidFile) == $"{process.Id}", "the pid file is written");
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)] // spiped listens before it handles signals
    public async Task In_the_foreground_no_pid_file_is_written_unasked()
    {
        using TestProcess process = TestProcess.Start(
            Programs.SpipedNet, ["-F", .. _arguments], _directory.Path);
        await Deadline.UntilAsync(() => _source.IsListening, "it listens");
        process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await process.ExitAsync());
        Assert.Empty(PidFiles());
    }

    [Fact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task Whoever_reads_the_parents_output_sees_its_end()
    {
        using TestProcess parent = TestProcess.StartPipe(Programs.SpipedNet, [.. _arguments, "-p", _directory.File("p")]);

        Assert.Equal(0, (await Deadline.ForAsync(Duplex.Of(parent).DigestAsync(), "the end of the output")).Count);
    }

    public void Dispose() => _directory.Dispose();

    private Task<DaemonProcess> StartAsync(string pidFile, params string[] flags) =>
        DaemonProcess.StartAsync(Programs.SpipedNet, [.. _arguments, .. flags], pidFile, _directory.Path);

    private IEnumerable<string?> PidFiles() =>
        Directory.EnumerateFiles(_directory.Path, "*.pid").Select(Path.GetFileName);
}
