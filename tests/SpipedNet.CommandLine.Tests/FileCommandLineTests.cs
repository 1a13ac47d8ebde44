namespace SpipedNet.CommandLine.Tests;

public sealed class FileCommandLineTests
{
    [Theory]
    [InlineData("key", "key")]
    [InlineData("-", "-")]
    [InlineData("-- -key", "-key")]
    [InlineData("-- --", "--")]
    [InlineData("key --", "key")]
    public void The_file_is_the_one_argument(string line, string file)
    {
        Assert.True(FileCommandLine.TryParse(line.Split(' '), out string? found, out _));
        Assert.Equal(file, found);
    }

    [Theory]
    [InlineData("--", StopReason.UsageError, "the file's name is missing")]
    [InlineData("", StopReason.InvalidValue, "the file's name is empty; name a file")]
    [InlineData("key other", StopReason.UsageError, "unexpected argument: other")]
    [InlineData("-key", StopReason.UsageError, "illegal option -- -key")]
    [InlineData("--force key", StopReason.UsageError, "illegal option -- --force")]
    [InlineData("-h", StopReason.ShowHelp, "")]
    [InlineData("key --help", StopReason.ShowHelp, "")]
    [InlineData("-v", StopReason.ShowVersion, "")]
    [InlineData("--version", StopReason.ShowVersion, "")]
    public void What_is_not_run_is_explained(string line, StopReason reason, string message)
    {
        Assert.False(FileCommandLine.TryParse(line.Split(' '), out _, out CommandLineStop? stop));
        Assert.Equal(new CommandLineStop(reason, message), stop);
    }
}
