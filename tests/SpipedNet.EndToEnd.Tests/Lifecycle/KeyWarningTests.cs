using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>A weak or exposed key works, as with spiped, but not without a word.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class KeyWarningTests : IDisposable
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TestDirectory _directory = new();

    [Fact]
    public async Task A_good_key_is_not_remarked_on()
    {
        string key = _directory.NewKey();

        Assert.DoesNotContain(key, await WordsAtStartAsync(key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_remarked_on_with_the_command_that_closes_it()
    {
        string key = _directory.NewKey(RandomNumberGenerator.GetBytes(32), ReadableByAll);

        Assert.Contains($"chmod 600 {key}", await WordsAtStartAsync(key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public async Task A_key_of_too_few_bytes_is_remarked_on_loudly(int size)
    {
        string key = _directory.NewKey(new byte[size]);

        string words = await WordsAtStartAsync(key);

        string warning = Assert.Single(words.Split('\n'), line => line.Contains(key, StringComparison.Ordinal));
        Assert.Matches("[A-Z]{3,} [A-Z ]{3,}", warning);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string> WordsAtStartAsync(string key)
    {
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, _directory);
        using TunnelEnd end = TunnelEnd.Start(Maker.Ours, "-d", source, "[127.0.0.1]:9", key);
        await end.ListeningAsync();
        await end.Process.ErrorContainsAsync("started");
        return end.Process.Error;
    }
}
