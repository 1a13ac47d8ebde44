using System.Globalization;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>A key that is slow to come, and standard descriptors that are closed, full or read by nobody.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class StandardDescriptorTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestAddress _source;
    private readonly string _key;

    public StandardDescriptorTests()
    {
        _source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    public static TheoryData<string, int, int> Interruptions => new()
    {
        { "-F", ProcessTable.Terminate, 0 },
        { "-F", ProcessTable.Interrupt, 128 + ProcessTable.Interrupt },
        { "-j", ProcessTable.Terminate, 128 + ProcessTable.Terminate }, // the daemon's parent dies of it
    };

    [Theory]
    [MemberData(nameof(Interruptions))]
    public async Task A_signal_ends_what_waits_for_a_key_on_standard_input(string mode, int signal, int expectedStatus)
    {
        using TestProcess process = TestProcess.Start(Programs.SpipedNet, [mode, .. Arguments("-")], _directory.Path);
        int reader = await ReaderOfAsync(process, mode == "-F" ? 1 : 2);

        process.Signal(signal);

        Assert.Equal(expectedStatus, await process.ExitAsync());
        await Deadline.UntilAsync(() => !ProcessTable.IsRunning(reader), "the process that reads the key is gone");
    }

    [Fact]
    public async Task A_signal_ends_what_waits_for_a_key_from_a_named_pipe()
    {
        string pipe = _directory.File("pipe");
        Assert.Equal(0, (await TestProcess.RunAsync("mkfifo", [pipe])).Status);
        using var other = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);
        using TestProcess process = TestProcess.Start(Programs.SpipedNet, ["-F", .. Arguments(pipe)]);
        await Deadline.UntilAsync(() => HasOpen(process.Id, pipe), "it reads the pipe");

        process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task What_reads_a_key_for_a_daemon_is_interrupted_at_the_terminal_with_its_parent()
    {
        using TestProcess parent = TestProcess.Start(Programs.SpipedNet, Arguments("-"), _directory.Path);

        int reader = await ReaderOfAsync(parent, processes: 2);

        Assert.Equal(ProcessTable.SessionOf(parent.Id), ProcessTable.SessionOf(reader));
    }

    [Theory]
    [InlineData("foreground")]
    [InlineData("daemon")]
    [InlineData("pipe")]
    public async Task A_key_on_a_closed_standard_input_is_one_line(string kind)
    {
        string[] command = kind switch
        {
            "foreground" => [Programs.SpipedNet, "-F", .. Arguments("-")],
            "daemon" => [Programs.SpipedNet, .. Arguments("-")],
            _ => [Programs.SpipeNet, "-t", _source.Text, "-k", "-"],
        };
        using TestProcess process = StartWith("<&-", command);

        ProcessOutcome outcome = await process.OutcomeAsync();

        Assert.Equal(1, outcome.Status);
        Assert.Contains("standard input: it is closed", Assert.Single(Lines(outcome.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public async Task A_daemon_has_the_null_device_for_what_was_closed_at_its_start(string redirection)
    {
        string pidFile = _directory.File("pid");
        using TestProcess parent = StartWith(redirection, [Programs.SpipedNet, .. Arguments(_key), "-p", pidFile]);
        Assert.Equal(0, await parent.ExitAsync());

        int daemon = int.Parse(await File.ReadAllTextAsync(pidFile), CultureInfo.InvariantCulture);

        Assert.Contains(daemon, parent.Running);
        Assert.Equal("/dev/null", new FileInfo($"/proc/{daemon}/fd/2").LinkTarget);
    }

    [Fact]
    public async Task Without_any_standard_descriptor_SIGTERM_ends_the_process_as_ever()
    {
        using TestProcess process = StartWith("<&- >&- 2>&-", [Programs.SpipedNet, "-F", .. Arguments(_key)]);
        await Deadline.UntilAsync(() => _source.IsListening, "it listens");

        process.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_neither_connections_nor_the_end()
    {
        string log = _directory.File("log");
        Assert.Equal(0, (await TestProcess.RunAsync("mkfifo", [log])).Status);
        using var unread = new FileStream(log, FileMode.Open, FileAccess.ReadWrite);
        await unread.WriteAsync(new byte[64 * 1024]); // all that a pipe holds
        using var target = new EchoTarget(AddressKind.Tcp4, _directory);
        TestAddress middle = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd server = TunnelEnd.Start(Maker.Ours, "-d", middle, target.Address.Text, _key);
        await server.ListeningAsync();
        using TestProcess client = StartWith($"2>{log}", [
            Programs.SpipedNet, "-F", "--log-level", "debug", "-e", "-s", _source.Text, "-t", middle.Text, "-k", _key]);
        await Deadline.UntilAsync(() => _source.IsListening, "it listens");

        using (Duplex connection = Duplex.Of(await _source.ConnectAsync()))
            await connection.AssertEchoesAsync();
        client.Signal(ProcessTable.Terminate);

        Assert.Equal(0, await client.ExitAsync());
    }

    [Theory]
    [InlineData("99")] // closed
    [InlineData("2")]
    [InlineData("many")]
    public async Task A_variable_left_over_from_a_start_is_ignored(string descriptor)
    {
        string pidFile = _directory.File("pid");
        using TestProcess parent = TestProcess.Start(
            "env", [$"SPIPED_NET_READY_FD={descriptor}", Programs.SpipedNet, .. Arguments(_key), "-p", pidFile]);

        Assert.Equal(0, await parent.ExitAsync());
        Assert.True(_source.IsListening);
    }

    [Fact]
    public async Task Help_for_a_full_device_is_one_line_and_status_1()
    {
        using TestProcess process = StartWith(">/dev/full", [Programs.SpipedNet, "--help"]);

        ProcessOutcome outcome = await process.OutcomeAsync();

        Assert.Equal(1, outcome.Status);
        Assert.Equal("spiped-net: cannot write standard output: no space left on device\n", outcome.Error);
    }

    public void Dispose() => _directory.Dispose();

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static TestProcess StartWith(string redirection, string[] command) =>
        TestProcess.Start("sh", ["-c", $"exec \"$@\" {redirection}", "sh", .. command]);

    private string[] Arguments(string key) => ["-e", "-s", _source.Text, "-t", "[127.0.0.1]:9", "-k", key];

    /// <summary>The process that reads the key: the last of so many that run, once it waits for that.</summary>
    private static async Task<int> ReaderOfAsync(TestProcess process, int processes)
    {
        await Deadline.UntilAsync(() => process.Running.Count == processes, "the process that reads the key is started");
        int reader = processes == 1 ? process.Id : process.Running.Single(id => id != process.Id);
        await Deadline.UntilAsync(() => IsReadingInput(reader), "it reads standard input");
        return reader;
    }

    private static bool HasOpen(int process, string path) =>
        Directory.EnumerateFiles($"/proc/{process}/fd").Any(file => new FileInfo(file).LinkTarget == path);

    // The system call that the first thread is in, and its arguments (proc(5)): read(0, ...), 0 or, on arm64, 63.
    private static bool IsReadingInput(int process) =>
        File.ReadAllText($"/proc/{process}/syscall").Split(' ') is ["0" or "63", "0x0", ..];
}
