using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

public sealed class NewKeyFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_key_has_32_bytes_which_only_its_owner_can_read_and_is_nothing_to_warn_about()
    {
        string path = _directory["key"];
        Make(path);
        Assert.Equal(32, new FileInfo(path).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.True(KeyFile.TryRead(path, out KeyFile? key, out _));
        key.Secret.Dispose();
        Assert.Empty(key.Warnings);
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_file()
    {
        string path = _directory["key"];
        string fingerprint = Make(path);
        using SharedSecret secret = SharedSecret.FromKeyMaterial(File.ReadAllBytes(path));
        Assert.Equal(secret.Fingerprint, fingerprint);
    }

    [Fact]
    public void No_two_keys_are_the_same() => Assert.NotEqual(Make(_directory["one"]), Make(_directory["other"]));

    [Fact]
    public void A_file_is_never_overwritten()
    {
        string path = _directory["key"];
        const string precious = "thirty-two bytes at the very least";
        File.WriteAllText(path, precious);
        Assert.Equal(
            $"cannot make key file {path}: file exists; a file is never overwritten: use it as it is, or name another",
            ErrorOf(path));
        Assert.Equal(precious, File.ReadAllText(path));
    }

    [Fact]
    public void A_file_too_short_for_a_key_is_not_overwritten_either_but_not_recommended()
    {
        string path = _directory["key"];
        File.WriteAllText(path, "half of it");
        Assert.Equal(
            $"cannot make key file {path}: file exists; it has only 10 of a key's 32 bytes; "
            + $"if nothing uses it: rm {path} && spiped-net keygen {path}",
            ErrorOf(path));
        Assert.Equal("half of it", File.ReadAllText(path));
    }

    [Fact]
    public void A_link_is_not_followed_even_to_nowhere()
    {
        string path = _directory["link"];
        File.CreateSymbolicLink(path, _directory["elsewhere"]);
        Assert.StartsWith($"cannot make key file {path}: file exists;", ErrorOf(path), StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["elsewhere"]));
    }

    [Fact]
    public void A_missing_directory_is_said_to_be_missing() => Assert.Equal(
        $"cannot make key file {_directory["missing/key"]}: no such file or directory; there is no directory {_directory["missing"]}",
        ErrorOf(_directory["missing/key"]));

    [Fact]
    public void A_file_is_no_directory()
    {
        File.WriteAllText(_directory["file"], "");
        Assert.Equal(
            $"cannot make key file {_directory["file/key"]}: not a directory; {_directory["file"]} is none",
            ErrorOf(_directory["file/key"]));
    }

    [Theory]
    [InlineData("-", "that stands for standard input; name a file")]
    [InlineData("/tmp/", "it is a directory; name a file in it")]
    [InlineData("..", "it is a directory; name a file in it")]
    [InlineData(
        "~/no-such.key",
        "no such file or directory; the shell did not expand the ~, as it does only where a word begins with it unquoted; "
        + "write $HOME instead")]
    public void What_names_no_file_is_refused_with_the_reason(string path, string reason) =>
        Assert.Equal($"cannot make key file {path}: {reason}", ErrorOf(path));

    [Fact]
    public void Where_nothing_can_be_made_the_system_gives_the_reason() =>
        Assert.StartsWith("cannot make key file /proc/key: ", ErrorOf("/proc/key"), StringComparison.Ordinal);

    private static string Make(string path)
    {
        Assert.True(NewKeyFile.TryMake(path, out string? fingerprint, out string? error), error);
        return fingerprint;
    }

    private static string ErrorOf(string path)
    {
        Assert.False(NewKeyFile.TryMake(path, out _, out string? error));
        return error!;
    }
}
