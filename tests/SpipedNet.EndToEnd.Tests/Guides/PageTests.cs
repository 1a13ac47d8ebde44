using System.Text.RegularExpressions;
using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Packaging;
using SpipedNet.EndToEnd.Tests.Systemd;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Guides;

/// <summary>The pages that show commands on several hosts, run as they stand in hosts that page.sh boots for them.</summary>
[Collection(PackageGroup.Name)]
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed partial class PageTests(Package package, ITestOutputHelper output)
{
    /// <summary>Every page with commands, and how many of its commands need a tool that the tests do not have.</summary>
    public static TheoryData<string, int> Pages
    {
        get
        {
            var pages = new TheoryData<string, int>();
            foreach (string page in PageRun.Pages(areOfRedisGroups: false))
                pages.Add(page, page is "docs/harden-redis.md" or "docs/monitoring.md" ? 5 : 0);
            return pages;
        }
    }

    [GuestTheory]
    [MemberData(nameof(Pages))]
    public async Task Each_command_of_a_page_does_what_the_page_shows(string page, int notRun)
    {
        string result = await RunAsync(page);

        Assert.EndsWith($" commands ran as shown, {notRun} were not run\n", result, StringComparison.Ordinal);
    }

    [GuestFact]
    public async Task From_two_new_hosts_to_the_first_PONG_it_takes_8_commands_and_the_ping() =>
        Assert.Equal("README.md: 9 commands ran as shown, 0 were not run\n", await RunAsync("README.md"));

    [GuestFact]
    public async Task A_command_that_fails_or_prints_something_else_is_named_with_its_page_line_and_host()
    {
        await AssertFailsAsync("db# echo unexpected", "5: on db: echo unexpected\nexit status 0, it printed:\nunexpected\n");
        await AssertFailsAsync("db# cat missing\n...", "5: on db: cat missing\nexit status 1, it printed:\ncat: missing: No");
    }

    [Fact]
    public async Task Every_page_is_linked_from_README_and_every_link_between_pages_leads_somewhere()
    {
        string readme = await File.ReadAllTextAsync(Programs.InRepository("README.md"));
        foreach (string page in PageRun.Pages(areOfRedisGroups: false).Concat(PageRun.Pages(areOfRedisGroups: true)))
        {
            Assert.Contains($"]({page})", readme, StringComparison.Ordinal);
            string text = await File.ReadAllTextAsync(Programs.InRepository(page));
            foreach (Match link in Link().Matches(text))
                await AssertLeadsSomewhereAsync(page, link.Groups["file"].Value, link.Groups["heading"].Value);
        }
    }

    [GeneratedRegex(@"\]\((?<file>[^)#:]*)(#(?<heading>[^)]*))?\)")]
    private static partial Regex Link();

    private static async Task AssertLeadsSomewhereAsync(string page, string file, string heading)
    {
        string target = file.Length == 0 ? Programs.InRepository(page) : Programs.InRepository("docs", file);
        Assert.True(File.Exists(target), $"{page} links to {file}");
        // GitHub's anchors: lower case, without punctuation, spaces are hyphens.
        string[] anchors = [.. (await File.ReadAllLinesAsync(target))
            .Where(line => line.StartsWith('#'))
            .Select(line => Punctuation().Replace(line.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-'))];
        Assert.True(heading.Length == 0 || anchors.Contains(heading), $"{page} links to {file}#{heading}");
    }

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex Punctuation();

    private async Task AssertFailsAsync(string commands, string expected)
    {
        using var directory = new TestDirectory();
        string page = directory.File("page.md");
        await File.WriteAllTextAsync(page, $"| `db.example.com` | 192.0.2.7 | nothing |\n\n\n```console\n{commands}\n```\n");

        string result = await RunAsync(page);

        Assert.Contains($"{page}:{expected}", result, StringComparison.Ordinal);
    }

    private Task<string> RunAsync(string page) => PageRun.RunAsync(page, package, output);
}
