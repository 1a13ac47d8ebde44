using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.EndToEnd.Tests.Packaging;
using SpipedNet.EndToEnd.Tests.Systemd;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Guides;

/// <summary>The pages on groups of Redis. Apart from the others, with a package of their own, so that both run at a time.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class RedisPageTests(Package package, ITestOutputHelper output) : IClassFixture<Package>
{
    /// <summary>The pages.</summary>
    public static TheoryData<string> Pages => [.. PageRun.Pages(areOfRedisGroups: true)];

    [GuestTheory]
    [MemberData(nameof(Pages))]
    public async Task Each_command_of_a_page_does_what_the_page_shows(string page) => Assert.EndsWith(
        " commands ran as shown, 0 were not run\n", await PageRun.RunAsync(page, package, output), StringComparison.Ordinal);
}
