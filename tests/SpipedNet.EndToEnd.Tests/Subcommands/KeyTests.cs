using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Subcommands;

/// <summary>spiped-net keygen and fingerprint: a key is made once, and compared without being shown.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class KeyTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    [Fact]
    public async Task Keygen_fingerprint_and_the_daemons_log_tell_the_same_fingerprint()
    {
        string fingerprint = await MakeAsync("redis.key");

        Assert.Equal(new ProcessOutcome(0, $"{fingerprint}\n", ""), await RunAsync("fingerprint", "redis.key"));
        TestAddress source = TestAddress.Unused(AddressKind.Unix, _directory);
        using TunnelEnd end = TunnelEnd.Start(Maker.Ours, "-d", source, "[127.0.0.1]:9", _directory.File("redis.key"));
        await end.Process.ErrorContainsAsync($", key {fingerprint}\n");
        Assert.DoesNotContain("warning", end.Process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis.key", "redis.key", "redis.key")]
    [InlineData("./a key", "'./a key'", "'a key'")]
    [InlineData("[::]:8025.key", "'./[::]:8025.key'", "'./[::]:8025.key'")]
    public async Task Keygen_prints_the_two_commands_that_come_next(string name, string here, string there)
    {
        ProcessOutcome made = await RunAsync("keygen", name);

        Assert.Equal((0, ""), (made.Status, made.Error));
        Assert.EndsWith($":\n    scp -p {here} HOST:\n    spiped-net fingerprint {there}\n", made.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_a_place_of_its_own_goes_to_the_same_place_there()
    {
        string path = _directory.File("redis.key");

        ProcessOutcome made = await RunAsync("keygen", path);

        Assert.EndsWith($":\n    scp -p {path} HOST:{path}\n    spiped-net fingerprint {path}\n", made.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("777")]
    public async Task The_key_is_its_owners_only_whatever_the_mask(string mask)
    {
        ProcessOutcome outcome = await TestProcess.RunAsync(
            "sh", ["-c", "umask $0; exec \"$1\" keygen key", mask, Programs.SpipedNet], directory: _directory.Path);

        Assert.Equal(0, outcome.Status);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File("key")));
    }

    [Fact]
    public async Task Of_several_that_make_the_same_file_at_once_one_does()
    {
        ProcessOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync("keygen", "key")));

        ProcessOutcome maker = Assert.Single(outcomes, outcome => outcome.Status == 0);
        Assert.All(outcomes.Where(outcome => outcome != maker), outcome => AssertFails(outcome, "file exists"));
        Assert.Contains($"key {(await RunAsync("fingerprint", "key")).Output}", maker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_without_room_leaves_no_file()
    {
        // A file that may have no bytes stands for a full disk; the runtime's own files are not to be cut short.
        string[] limited = ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" keygen key", Programs.SpipedNet];
        ProcessOutcome outcome = await TestProcess.RunAsync(
            "env", ["DOTNET_EnableDiagnostics=0", "DOTNET_EnableWriteXorExecute=0", "sh", .. limited], directory: _directory.Path);

        AssertFails(outcome, "cannot make key file key: file too large");
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task Fingerprint_reads_standard_input_for_a_dash()
    {
        string fingerprint = await MakeAsync("key");

        ProcessOutcome outcome = await TestProcess.RunAsync(
            "sh", ["-c", "exec \"$0\" fingerprint - < key", Programs.SpipedNet], directory: _directory.Path);

        Assert.Equal(new ProcessOutcome(0, $"{fingerprint}\n", ""), outcome);
    }

    [Fact]
    public async Task Fingerprint_warns_of_a_key_that_may_be_guessed()
    {
        ProcessOutcome outcome = await RunAsync("fingerprint", _directory.NewKey([1]));

        Assert.Equal(0, outcome.Status);
        Assert.Contains("spiped-net: warning: key file ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_is_an_error_with_the_command_that_makes_one() => AssertFails(
        await RunAsync("fingerprint", "key"), "copy it from the other end; or, if there is none yet, make one: spiped-net keygen key");

    [Theory]
    [InlineData("keygen")]
    [InlineData("fingerprint")]
    public async Task Each_has_a_page_of_help_and_a_usage(string subcommand)
    {
        ProcessOutcome help = await RunAsync(subcommand, "--help");
        ProcessOutcome usage = await RunAsync(subcommand);

        Assert.Equal(0, help.Status);
        Assert.StartsWith($"spiped-net {subcommand} ", help.Output, StringComparison.Ordinal);
        Assert.Equal(
            new ProcessOutcome(1, "", $"spiped-net: the file's name is missing\nusage: spiped-net {subcommand} FILE\n"), usage);
    }

    [Fact]
    public async Task A_fingerprint_that_cannot_be_printed_is_an_error()
    {
        await MakeAsync("key");

        ProcessOutcome outcome = await TestProcess.RunAsync(
            "sh", ["-c", "exec \"$0\" fingerprint key >&-", Programs.SpipedNet], directory: _directory.Path);

        AssertFails(outcome, "cannot write standard output: it is closed");
    }

    [Fact]
    public async Task A_subcommand_is_one_in_the_first_place_only()
    {
        ProcessOutcome outcome = await RunAsync("-F", "keygen", "key");

        Assert.Equal(1, outcome.Status);
        Assert.StartsWith("spiped-net: unexpected argument: keygen\n", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    public void Dispose() => _directory.Dispose();

    private static void AssertFails(ProcessOutcome outcome, string reason)
    {
        Assert.Equal((1, ""), (outcome.Status, outcome.Output));
        string line = Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    private Task<ProcessOutcome> RunAsync(params string[] arguments) =>
        TestProcess.RunAsync(Programs.SpipedNet, arguments, directory: _directory.Path);

    private async Task<string> MakeAsync(string name)
    {
        ProcessOutcome made = await RunAsync("keygen", name);
        Assert.Equal((0, ""), (made.Status, made.Error));
        string prefix = $"made {name}, key ";
        Assert.StartsWith(prefix, made.Output, StringComparison.Ordinal);
        return made.Output[prefix.Length..(prefix.Length + 8)];
    }
}
