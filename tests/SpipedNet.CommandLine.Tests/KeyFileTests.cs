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
    public void A_short_key_is_warned_about() =>
        Assert.Contains("has only 31 bytes: IT MAY BE GUESSED", Assert.Single(Read(Write(new byte[31])).Warnings), StringComparison.Ordinal);

    [Fact]
    public void An_empty_key_is_warned_about_louder()
    {
        KeyFile key = Read(Write([]));
        Assert.Contains("IS EMPTY: ANYONE CAN CONNECT", Assert.Single(key.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_null_device_is_an_empty_key_and_its_mode_is_nobodys_business() =>
        Assert.Contains("IS EMPTY", Assert.Single(Read("/dev/null").Warnings), StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_said_to_be_missing_and_how_to_make_one()
    {
        string path = _directory["missing"];
        Assert.Equal(
            $"cannot read key file {path}: no such file or directory; make one with: dd if=/dev/urandom bs=32 count=1 of={path}",
            ErrorOf(path));
    }

    [Fact]
    public void A_missing_directory_is_said_to_be_missing()
    {
        string path = _directory["missing/key"];
        Assert.Equal($"cannot read key file {path}: no such file or directory", ErrorOf(path));
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
    public void An_empty_path_is_refused() => Assert.StartsWith("cannot read key file : ", ErrorOf(""), StringComparison.Ordinal);

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
