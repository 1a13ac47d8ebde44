using System.Security.Cryptography;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

public sealed class KeyFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(32)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void The_secret_is_that_of_the_whole_file(int size)
    {
        byte[] contents = RandomNumberGenerator.GetBytes(size);
        KeyFile key = Read(Write(contents));
        using SharedSecret secret = key.Secret;
        using SharedSecret expected = SharedSecret.FromKeyMaterial(contents);
        Assert.Equal(expected.Fingerprint, secret.Fingerprint);
        Assert.Empty(key.Warnings);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_read_or_write_is_warned_about_with_the_remedy(UnixFileMode tooMuch)
    {
        string path = Write(new byte[32], UnixFileMode.UserRead | UnixFileMode.UserWrite | tooMuch);
        Assert.Equal([$"key file {path} is open to other users of this machine; close it: chmod 600 {path}"], Read(path).Warnings);
    }

    [Fact]
    public void A_file_that_only_its_owner_can_read_is_fine() =>
        Assert.Empty(Read(Write(new byte[32], UnixFileMode.UserRead | UnixFileMode.UserExecute)).Warnings);

    [Fact]
    public void A_short_key_is_warned_about_with_the_command_that_replaces_it()
    {
        string path = Write(new byte[31]);
        Assert.Equal([$"key file {path} has only 31 bytes AND MAY BE GUESSED; {HowToReplace(path)}"], Read(path).Warnings);
    }

    [Fact]
    public void An_empty_key_is_warned_about_louder()
    {
        string path = Write([]);
        Assert.Equal([$"key file {path} IS EMPTY, SO ANYONE CAN CONNECT AND READ EVERYTHING; {HowToReplace(path)}"], Read(path).Warnings);
    }

    [Fact]
    public void The_null_device_is_an_empty_key_whose_mode_is_nobodys_business_and_no_place_for_a_key()
    {
        string warning = Assert.Single(Read("/dev/null").Warnings);
        Assert.Contains("IS EMPTY", warning, StringComparison.Ordinal);
        Assert.EndsWith(" for both: spiped-net keygen KEYFILE", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_to_be_copied_or_if_there_is_none_made()
    {
        string path = _directory["missing"];
        Assert.Equal(
            $"cannot read key file {path}: no such file or directory; copy it from the other end; "
            + $"or, if there is none yet, make one: {HowToMake(path)}",
            ErrorOf(path));
    }

    [Fact]
    public void A_missing_directory_is_said_to_be_missing()
    {
        string path = _directory["missing/key"];
        Assert.Equal(
            $"cannot read key file {path}: no such file or directory; there is no directory {_directory["missing"]}",
            ErrorOf(path));
    }

    [Theory]
    [InlineData("~/no-such.key")]
    [InlineData("~no-such.key")]
    public void A_tilde_that_the_shell_did_not_expand_is_said_to_be_one(string path) => Assert.Equal(
        $"cannot read key file {path}: no such file or directory; the shell did not expand the ~, as it does only where a word "
        + "begins with it unquoted; write $HOME instead",
        ErrorOf(path));

    [Fact]
    public void A_command_can_be_pasted_whatever_the_path_contains()
    {
        string path = _directory["a key; it's mine"];
        Assert.EndsWith($" keygen '{path.Replace("'", "'\\''", StringComparison.Ordinal)}'", ErrorOf(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_no_key_file() =>
        Assert.Equal("cannot read key file /tmp: it is a directory", ErrorOf("/tmp"));

    [Fact]
    public void A_path_that_is_too_long_gives_the_systems_reason()
    {
        string path = _directory[new string('x', 300)];
        Assert.Equal($"cannot read key file {path}: file name too long", ErrorOf(path));
    }

    [Fact]
    public void A_device_that_cannot_be_opened_gives_the_systems_reason()
    {
        // Even root gets an error here: /proc/self/mem cannot be read at address 0.
        Assert.Equal("cannot read key file /proc/self/mem: input/output error", ErrorOf("/proc/self/mem"));
    }

    [Fact]
    public void An_empty_path_is_refused_in_our_own_words() =>
        Assert.Equal("the key file's name (-k) is empty; write -k FILE", ErrorOf(""));

    private static string HowToReplace(string path) =>
        $"copy a good one from the other end, or make one for both: rm {path} && {HowToMake(path)}";

    private static string HowToMake(string path) => $"spiped-net keygen {path}";

    private string Write(byte[] contents, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = _directory["key"];
        File.WriteAllBytes(path, contents);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    private static KeyFile Read(string path)
    {
        Assert.True(KeyFile.TryRead(path, out KeyFile? key, out string? error), error);
        return key;
    }

    private static string ErrorOf(string path)
    {
        Assert.False(KeyFile.TryRead(path, out _, out string? error));
        return error!;
    }
}
