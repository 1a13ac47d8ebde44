using System.Text.RegularExpressions;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Guides;

/// <summary>SECURITY.md promises what tests show, so these are to be found where it says.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string[] Sources =
        Directory.GetFiles(Programs.InRepository("tests"), "*Tests.cs", SearchOption.AllDirectories);

    public static TheoryData<string> Named
    {
        get
        {
            string page = File.ReadAllText(Programs.InRepository("SECURITY.md"));
            return [.. TestName().Matches(page).Select(name => name.Value.Trim('`')).Distinct()];
        }
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void A_test_that_it_names_exists(string test)
    {
        string[] parts = test.Split('.');
        Assert.Contains(
            Sources.Where(file => Path.GetFileName(file) == $"{parts[0]}.cs"),
            file => File.ReadAllText(file).Contains($" {parts[1]}(", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"`\w+Tests\.\w+`")]
    private static partial Regex TestName();
}
