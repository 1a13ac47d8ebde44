using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>The units as systemd-analyze(1) sees them.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class UnitTests
{
    public static TheoryData<string> Services =>
        [.. Directory.EnumerateFiles(Programs.InRepository("systemd"), "*.service").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_exposure_of_a_service_is_at_most_1_2(string service)
    {
        ProcessOutcome outcome = await TestProcess.RunAsync(
            "systemd-analyze",
            ["security", "--offline=true", "--no-pager", "--threshold=12", Programs.InRepository("systemd", service)]);

        Assert.True(outcome.Status == 0, outcome.Output + outcome.Error);
    }

    [Fact]
    public async Task There_is_nothing_to_say_against_a_unit()
    {
        using var directory = new TestDirectory();
        foreach (string file in Directory.EnumerateFiles(Programs.InRepository("systemd")))
        {
            string unit = await File.ReadAllTextAsync(file);
            string name = Path.GetFileName(file).Replace("@.", "@name.", StringComparison.Ordinal);
            // As if it was installed.
            await File.WriteAllTextAsync(
                directory.File(name),
                unit.Replace("=spiped-net ", $"={Programs.SpipedNet} ", StringComparison.Ordinal));
        }

        ProcessOutcome outcome = await TestProcess.RunAsync(
            "systemd-analyze", ["verify", "--man=no", .. Directory.EnumerateFiles(directory.Path)]);

        Assert.Equal(new ProcessOutcome(0, "", ""), outcome);
    }
}
