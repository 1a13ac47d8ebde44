using System.Text.RegularExpressions;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>What bash offers at the Tab key, beside what the programs' pages name.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed partial class CompletionTests
{
    // $0 is the file, the arguments are the words; the last one is being typed.
    private const string Offer =
        """. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spiped_net; printf '%s\n' "${COMPREPLY[@]}" """;

    [Theory]
    [InlineData("spiped-net")]
    [InlineData("spipe-net")]
    [InlineData("spiped-net keygen")]
    [InlineData("spiped-net fingerprint")]
    [InlineData("spiped-net check")]
    [InlineData("spiped-net redis-mesh")]
    [InlineData("spiped-net status")]
    public async Task Every_option_of_the_help_page_is_offered_and_no_other(string command)
    {
        string[] words = command.Split(' ');
        string program = words[0] == "spipe-net" ? Programs.SpipeNet : Programs.SpipedNet;
        ProcessOutcome help = await TestProcess.RunAsync(program, [.. words[1..], "--help"]);
        IEnumerable<string> named = OptionLine().Matches(help.Output).SelectMany(line => Option().Matches(line.Value))
            .Select(option => option.Value).Distinct().Order(StringComparer.Ordinal);

        // Behind a word that stands alone, but for the first.
        string[] typed = words is ["spiped-net", "keygen" or "fingerprint"] ? [.. words, "file", "-"] : [.. words, "-"];
        IEnumerable<string> offered = (await OfferedAsync(typed)).Order(StringComparer.Ordinal);

        Assert.NotEmpty(named);
        Assert.Equal(named, offered);
    }

    [Fact]
    public async Task No_file_is_offered_where_none_goes() =>
        Assert.Contains("--self", await OfferedAsync("spiped-net", "redis-mesh", "--sentinel", ""));

    [Fact]
    public async Task The_subcommands_are_offered_in_the_first_place_only()
    {
        Assert.Equal(["keygen"], await OfferedAsync("spiped-net", "key"));
        Assert.Equal([""], await OfferedAsync("spiped-net", "-F", "key"));
    }

    [Theory]
    [InlineData("spiped-net", "-k")]
    [InlineData("spipe-net", "-k")]
    [InlineData("spiped-net", "fingerprint")]
    public async Task Files_are_offered_for_a_key(string program, string before)
    {
        using var directory = new TestDirectory();
        string key = directory.NewKey();

        Assert.Equal([key], await OfferedAsync(program, before, key[..^3]));
    }

    [GeneratedRegex(@"^ +(-\w,? |--?[\w-]+).*?(  |$)", RegexOptions.Multiline)]
    private static partial Regex OptionLine();

    [GeneratedRegex(@"(?<=^ *|, )--?\w[\w-]*", RegexOptions.Multiline)]
    private static partial Regex Option();

    private static async Task<string[]> OfferedAsync(params string[] words)
    {
        ProcessOutcome outcome = await TestProcess.RunAsync(
            "bash", ["-c", Offer, Programs.InRepository("packaging", "completion", "spiped-net"), .. words]);
        Assert.Equal("", outcome.Error);
        return outcome.Output.TrimEnd('\n').Split('\n');
    }
}
