using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Packaging;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Guides;

/// <summary>Runs a page's commands as they stand, in hosts that page.sh boots for them.</summary>
internal static class PageRun
{
    // page.sh ends itself after 150 seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Runs a page; returns what page.sh has to say.</summary>
    public static async Task<string> RunAsync(string page, Package package, ITestOutputHelper output)
    {
        using var directory = new TestDirectory();
        using TestProcess process = TestProcess.Start(
            "bash",
            [Programs.InRepository("tests", "SpipedNet.EndToEnd.Tests", "Guides", "page.sh"), directory.Path, page, package.File],
            Programs.InRepository());
        await process.ExitAsync(Limit);
        ProcessOutcome outcome = await process.OutcomeAsync();
        string result = outcome.Output + outcome.Error;
        foreach (string log in Directory.EnumerateFiles(directory.Path, "*.log"))
            output.WriteLine($"{Path.GetFileName(log)}: {await File.ReadAllTextAsync(log)}");
        output.WriteLine(result);
        return result;
    }

    /// <summary>Every page with commands whose name begins, or does not, with "redis-".</summary>
    public static IEnumerable<string> Pages(bool areOfRedisGroups) => Directory
        .EnumerateFiles(Programs.InRepository("docs"), "*.md").Order()
        .Where(path => File.ReadAllText(path).Contains("```console", StringComparison.Ordinal))
        .Select(path => Path.GetFileName(path))
        .Where(name => name.StartsWith("redis-", StringComparison.Ordinal) == areOfRedisGroups)
        .Select(name => $"docs/{name}");
}
