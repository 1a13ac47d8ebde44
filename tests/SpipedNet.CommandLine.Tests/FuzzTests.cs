using SpipedNet.Fuzz;

namespace SpipedNet.CommandLine.Tests;

/// <summary>A short run of everything that reads what strangers write; DESIGN.md tells of the long ones.</summary>
[Collection(EnvironmentGroup.Name)]
public sealed class FuzzTests
{
    [Theory]
    [InlineData("address", 20_000)]
    [InlineData("command-line", 300)]
    [InlineData("configuration", 2_000)]
    [InlineData("environment", 500)]
    [InlineData("exchange", 500)]
    [InlineData("handshake", 1_000)]
    [InlineData("key-file", 500)]
    [InlineData("opener", 3_000)]
    [InlineData("peer-value", 300)]
    [InlineData("pump", 500)]
    [InlineData("redis-answer", 5_000)]
    [InlineData("redis-reply", 5_000)]
    public void Whatever_comes_in_does_what_is_promised(string name, int runs)
    {
        int seed = Random.Shared.Next();

        FuzzFailure? failure = FuzzRun.Run(FuzzTarget.Find(name)!, runs, seed);

        Assert.True(failure is null, $"seed {seed}, input {Convert.ToHexString(failure?.Input ?? [])}: {failure?.Exception}");
    }

    [Fact]
    public void Every_target_is_tried() =>
        Assert.Equal(12, FuzzTarget.Names.Count());
}
