using SpipedNet.CommandLine.Configuration;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

/// <summary>A configuration file: one tunnel a line, words as a shell's, mistakes with their lines.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const string Minimal = "-e -s /s -t /t -k key";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_line_is_a_name_and_spipeds_options()
    {
        TunnelDefinition tunnel = Assert.Single(Parse("redis: -e -s [127.0.0.1]:8000 -t [192.0.2.10]:6379 -k redis.key"));
        Assert.Equal("redis", tunnel.Name);
        Assert.Equal(TunnelRole.Sender, tunnel.Options.Role);
        Assert.Equal("[127.0.0.1]:8000", tunnel.Options.Source.Text);
        Assert.Equal("[192.0.2.10]:6379", tunnel.Options.Targets[0].Text);
    }

    [Theory]
    [InlineData("redis.key", "/etc/redis.key")]
    [InlineData("keys/redis.key", "/etc/keys/redis.key")]
    [InlineData("/var/redis.key", "/var/redis.key")]
    [InlineData("'a b'", "/etc/a b")]
    [InlineData("\"a b\"", "/etc/a b")]
    [InlineData("a\\ b", "/etc/a b")]
    [InlineData("a' 'b", "/etc/a b")]
    [InlineData("'$HOME'", "/etc/$HOME")]
    [InlineData("\"\\$x\\\\\"", "/etc/$x\\")]
    [InlineData("'#a'#b", "/etc/#a#b")]
    public void A_path_is_relative_to_the_file_and_quoted_as_for_a_shell(string word, string path) =>
        Assert.Equal([path], Assert.Single(Parse($"a: -e -s /s -t /t -k {word}")).KeyFiles);

    [Fact]
    public void Comments_and_empty_lines_are_skipped() =>
        Assert.Equal(["a", "b"], Parse($"# one\n\n  \t\na: {Minimal} # two\n#\r\nb: {Minimal}\r\n").Select(tunnel => tunnel.Name));

    [Fact]
    public void A_backslash_continues_a_line_whose_number_is_the_first_ones()
    {
        IReadOnlyList<TunnelDefinition> tunnels = Parse($"a: \\\n  -e -s /s \\\r\n  -t /t -k key\nb: {Minimal}");
        Assert.Equal(["/etc/f:1", "/etc/f:4"], tunnels.Select(tunnel => tunnel.Place));
    }

    [Fact]
    public void Every_mistake_is_told_and_not_only_the_first() =>
        Assert.Equal(["/etc/f:1", "/etc/f:3"], Mistakes($"a: -e\nb: {Minimal}\nc: -x\n").Select(error => error[..8]));

    [Theory]
    [MemberData(nameof(MalformedLines))]
    public void A_malformed_line_is_told_with_its_number_and_a_reason(string line, string reason)
    {
        string error = Assert.Single(Mistakes($"# first\na: {Minimal}\n{line}\nz: {Minimal.Replace("/s", "/z", StringComparison.Ordinal)}\n"));
        Assert.StartsWith("/etc/f:3: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> MalformedLines => new()
    {
        { "b -e -s /s -t /t -k key", "begins with the tunnel's name and a colon" },
        { ": -e -s /s -t /t -k key", "begins with the tunnel's name and a colon" },
        { "b:-e -s /s -t /t -k key", "begins with the tunnel's name and a colon" },
        { "-e -s /s -t /t -k key", "begins with the tunnel's name and a colon" },
        { "a/b: -e -s /s -t /t -k key", "the name a/b" },
        { "b:", "one of -e and -d is missing" },
        { "b: -e -d -s /s -t /t -k key", "-e and -d exclude each other" },
        { "b: -e -t /t -k key", "-s is missing" },
        { "b: -e -s /s -k key", "-t is missing" },
        { "b: -e -s /s -t /t", "-k is missing" },
        { "b: -e -s /s -t /t -k", "missing argument to -k" },
        { "b: -e -s /s -t /t -k key -k other", "-e has one key" },
        { "b: -e -s 127.0.0.1 -t /t -k key", "-s 127.0.0.1" },
        { "b: -e -s /s -t [1.2.3.4]:99999 -k key", "-t [1.2.3.4]:99999" },
        { "b: -e -s /s -t /t -k key -n many", "-n many" },
        { "b: -e -s /s -t /t -k key -o never", "-o never" },
        { "b: -e -s /s -t /t -k key -f -g", "-f and -g exclude each other" },
        { "b: -e -s /s -t /t -k key -x", "illegal option -- -x" },
        { "b: -e -s /s -t /t -k key redis", "unexpected argument: redis" },
        { "b: -e -s /s -t /t -k key -F", "-F belongs to the process" },
        { "b: -e -s /s -t /t -k key -p pid", "-p belongs to the process" },
        { "b: -e -s /s -t /t -k key -u nobody", "-u belongs to the process" },
        { "b: -e -s /s -t /t -k key --syslog", "--syslog belongs to the process" },
        { "b: -c other", "-c belongs to the process" },
        { "b: -e -s /s -t /t -k -", "a configuration's keys come from files" },
        { "b: -d -s systemd: -t /t -k key", "a socket is passed to a process with one tunnel" },
        { "b: -h", "-h and -v are for the command line" },
        { "b: -d -s /s -t /t -k key --revoke maybe", "--revoke maybe" },
        { "b: -e -s /s -t /t -k key --early-connect", "--early-connect needs -d" },
        { "b: -e -s /s -t /t -k key --revoke close", "--revoke needs -d" },
        { "b: -e -s /s -t /t -k 'key", "the quote ' is not closed" },
        { "b: -e -s /s -t /t -k \"key", "the quote \" is not closed" },
        { "b: -e -s /s -t /t -k $KEY", "$ means something to a shell" },
        { "b: -e -s /s -t /t -k `key`", "` means something to a shell" },
        { "b: -e -s /s -t /t -k \"$KEY\"", "$ means something to a shell even in double quotes" },
        { "b: -e -s /s -t /t -k key &", "& means something to a shell" },
        { "b: -e -s /s -t /t -k key > log", "> means something to a shell" },
        { "b: -e -s /s -t /t -k ke\0y", "control character, code 0" },
        { "b: -e -s /s -t /t -k ''", "-k : it is empty" },
    };

    [Fact]
    public void A_name_that_is_taken_is_told_with_both_places() =>
        Assert.Contains($"f:2: the name a is taken, by {_directory.Path}/f:1", Assert.Single(Read($"a: {Minimal}\na: -d -s /b -t /t -k key")), StringComparison.Ordinal);

    [Fact]
    public void A_source_that_is_taken_is_told_with_both_places() =>
        Assert.Contains("f:2: /s is the source of a, too (", Assert.Single(Read($"a: {Minimal}\nb: {Minimal}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("/run/x", "/run/a/../x")]
    [InlineData("[0.0.0.0]:7", "[127.0.0.1]:7")]
    [InlineData("[127.0.0.1]:7", "[0.0.0.0]:7")]
    [InlineData("[::]:7", "[127.0.0.1]:7")]
    [InlineData("[::1]:7", "[::0001]:7")]
    [InlineData("localhost:7", "LOCALHOST:7")]
    public void Sources_that_one_process_cannot_have_both_are_a_mistake(string one, string other) => Assert.Contains(
        $"f:2: {other} is the source of a, too, which listens on {one} (", Assert.Single(Read($"a: -e -s {one} -t /t -k key\nb: -e -s {other} -t /t -k key")), StringComparison.Ordinal);

    [Theory]
    [InlineData("[127.0.0.1]:7", "[127.0.0.2]:7")]
    [InlineData("[0.0.0.0]:7", "[127.0.0.1]:8")]
    [InlineData("[0.0.0.0]:7", "[::1]:7")]
    [InlineData("[0.0.0.0]:7", "/run/x")]
    [InlineData("/run/x", "/run/y")]
    public void Sources_that_one_process_can_have_both_are_none(string one, string other)
    {
        File.WriteAllText($"{_directory.Path}/f", $"a: -e -s {one} -t /t -k key\nb: -e -s {other} -t /t -k key");
        Assert.True(ConfigurationFile.TryRead($"{_directory.Path}/f", out _, out _));
    }

    [Fact]
    public void Of_many_mistakes_the_first_are_told_and_their_number()
    {
        IReadOnlyList<string> errors = Read(string.Concat(Enumerable.Repeat("x\n", 1000)));
        Assert.Equal(21, errors.Count);
        Assert.EndsWith("f: and 980 mistakes more", errors[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_of_UTF_8_is_skipped_and_one_of_UTF_16_is_no_text()
    {
        File.WriteAllText($"{_directory.Path}/f", $"a: {Minimal}", System.Text.Encoding.UTF8);
        Assert.True(ConfigurationFile.TryRead($"{_directory.Path}/f", out _, out _));
        File.WriteAllText($"{_directory.Path}/f", $"a: {Minimal}", System.Text.Encoding.Unicode);
        Assert.False(ConfigurationFile.TryRead($"{_directory.Path}/f", out _, out IReadOnlyList<string> errors));
        Assert.Equal($"{_directory.Path}/f:1: this is text in UTF-16; save it in UTF-8", Assert.Single(errors));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void A_file_without_a_tunnel_is_a_mistake(string text) =>
        Assert.Contains("there is no tunnel in it", Assert.Single(Read(text)), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_a_mistake()
    {
        Assert.False(ConfigurationFile.TryRead($"{_directory.Path}/none", out _, out IReadOnlyList<string> errors));
        Assert.StartsWith($"cannot read {_directory.Path}/none: ", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_text_is_a_mistake_with_its_line()
    {
        File.WriteAllBytes($"{_directory.Path}/f", [.. "# one\na: "u8, 0xff, .. "\n"u8]);
        Assert.False(ConfigurationFile.TryRead($"{_directory.Path}/f", out _, out IReadOnlyList<string> errors));
        Assert.Equal($"{_directory.Path}/f:2: this is no text in UTF-8", Assert.Single(errors));
    }

    [Fact]
    public void A_directory_is_read_file_by_file_in_the_order_of_their_names()
    {
        File.WriteAllText($"{_directory.Path}/2.conf", $"b: {Minimal}");
        File.WriteAllText($"{_directory.Path}/1.conf", $"a: {Minimal.Replace("/s", "/a", StringComparison.Ordinal)}");
        File.WriteAllText($"{_directory.Path}/.3.conf", "an editor's");
        File.WriteAllText($"{_directory.Path}/4.conf~", "an editor's");
        Assert.True(ConfigurationFile.TryRead(_directory.Path, out IReadOnlyList<TunnelDefinition>? tunnels, out _));
        Assert.Equal(["a", "b"], tunnels.Select(tunnel => tunnel.Name));
    }

    [Theory]
    [InlineData("-s /s")]
    [InlineData("-k key")]
    [InlineData("-e")]
    public void A_tunnels_option_beside_c_is_told_to_go_into_the_file(string option) =>
        Assert.Equal($"{option.Split(' ')[0]} belongs to a tunnel: write it in the file that -c names", Parsing.DaemonStop([.. "-c f -F".Split(' '), .. option.Split(' ')]).Message);

    [Fact]
    public void A_daemon_of_many_tunnels_needs_a_file_for_its_process_id() =>
        Assert.Equal("-c needs -F, or -p for the daemon's process id", Parsing.DaemonStop("-c", "f").Message);

    [Fact]
    public void The_same_words_are_the_same_tunnel_wherever_they_stand() =>
        Assert.True(Parse($"# moved\n\na:  {Minimal}  # down")[0].IsSame(Parse($"a: {Minimal}")[0]));

    [Theory]
    [InlineData("b: -e -s /s -t /t -k key")]
    [InlineData("a: -e -s /s -t /t -k other")]
    [InlineData("a: -e -s /s -t /t -k key -n 5")]
    public void Another_word_is_another_tunnel(string line) => Assert.False(Parse(line)[0].IsSame(Parse($"a: {Minimal}")[0]));

    private static List<TunnelDefinition> Parse(string text)
    {
        var tunnels = new List<TunnelDefinition>();
        var errors = new List<string>();
        ConfigurationFile.Parse(text, "/etc/f", tunnels, errors);
        Assert.Empty(errors);
        return tunnels;
    }

    private static List<string> Mistakes(string text)
    {
        var errors = new List<string>();
        ConfigurationFile.Parse(text, "/etc/f", [], errors);
        return errors;
    }

    private IReadOnlyList<string> Read(string text)
    {
        File.WriteAllText($"{_directory.Path}/f", text);
        Assert.False(ConfigurationFile.TryRead($"{_directory.Path}/f", out _, out IReadOnlyList<string> errors));
        return errors;
    }
}
