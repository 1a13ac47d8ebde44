using System.Globalization;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What root, who may read everything, cannot try with a file.</summary>
public sealed class KeyFileAdviceTests
{
    [Fact]
    public void A_key_that_may_not_be_read_names_the_user_that_may_not()
    {
        // Real, effective, saved, file system.
        string ids = File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        int effective = int.Parse(ids.Split('\t')[2], CultureInfo.InvariantCulture);
        Assert.Equal(
            $"; user {Environment.UserName} (id {effective}) may not read it",
            KeyFileAdvice.After("/etc/spiped/key", new UnauthorizedAccessException()));
    }
}
