using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>A standard error that is the journal's (JOURNAL_STREAM): priorities, and no time beside the journal's.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class JournalTests : IDisposable
{
    // bash can open a socket for its standard error, whose device and inode then are what systemd would say.
    private const string WithSocket =
        """exec 2<>"/dev/tcp/127.0.0.1/$0"; JOURNAL_STREAM=$(stat -L -c %d:%i /dev/fd/2) exec "$@" """;

    private readonly TestDirectory _directory = new();
    private readonly Target _journal;
    private readonly TestAddress _source;
    private readonly string _key;

    public JournalTests()
    {
        _journal = new Target(AddressKind.Tcp4, _directory);
        _source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _key = _directory.NewKey();
    }

    [Fact]
    public async Task Lines_have_the_priority_of_their_level_and_no_time()
    {
        using TestProcess process = Start(_key);
        using Duplex journal = await _journal.AcceptAsync();
        using var lines = new StreamReader(journal.Input);

        string? line = await Deadline.ForAsync(lines.ReadLineAsync(), "a line");

        Assert.StartsWith("<6>spiped-net ", line, StringComparison.Ordinal);
        Assert.Contains($" started, encrypting: {_source} to ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stops_the_start_is_an_error()
    {
        using TestProcess process = Start(_directory.File("missing"));
        using Duplex journal = await _journal.AcceptAsync();
        using var lines = new StreamReader(journal.Input);

        string text = await Deadline.ForAsync(lines.ReadToEndAsync(), "the end of the journal");

        Assert.StartsWith("<3>", text, StringComparison.Ordinal);
        Assert.Single(text, '\n');
        Assert.Equal(1, await process.ExitAsync());
    }

    [Fact]
    public async Task A_standard_error_that_was_redirected_since_has_times()
    {
        using TestProcess process = TestProcess.Start("env", ["JOURNAL_STREAM=8:1", .. Command(_key)]);
        await process.ErrorContainsAsync("Z information: spiped-net ");
    }

    public void Dispose()
    {
        _journal.Dispose();
        _directory.Dispose();
    }

    private TestProcess Start(string key) =>
        TestProcess.Start("bash", ["-c", WithSocket, $"{_journal.Address.Port}", .. Command(key)]);

    private string[] Command(string key) =>
        [Programs.SpipedNet, "-F", "-e", "-s", _source.Text, "-t", "[127.0.0.1]:9", "-k", key];
}
