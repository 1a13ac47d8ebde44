using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Client;

/// <summary>The libraries as packages, and the page that explains them.</summary>
public sealed partial class PackageTests
{
    [Theory]
    [InlineData("SpipedNet.Protocol", "")]
    [InlineData("SpipedNet.Tunnel", "SpipedNet.Protocol 0.1.0, Microsoft.Extensions.Logging.Abstractions 10.0.14")]
    public async Task A_package_has_licence_readme_documentation_and_symbols_and_binds_nobody_to_a_version(
        string library, string dependencies)
    {
        using var directory = new TestDirectory();
        ProcessOutcome packed = await TestProcess.RunAsync(
            "dotnet", ["pack", "--no-build", "-c", "Release", "-o", directory.Path, Programs.InRepository("src", library)]);
        Assert.True(packed.Status == 0, packed.Output);

        using ZipArchive package = ZipFile.OpenRead(directory.File($"{library}.0.1.0.nupkg"));
        using ZipArchive symbols = ZipFile.OpenRead(directory.File($"{library}.0.1.0.snupkg"));

        Assert.Equal(
            ["LICENSE", "README.md", $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml"],
            package.Entries.Select(entry => entry.FullName).Where(IsContent).Order(StringComparer.Ordinal));
        Assert.Contains($"lib/net10.0/{library}.pdb", symbols.Entries.Select(entry => entry.FullName));
        XElement metadata = Metadata(package, library);
        Assert.Equal("BSD-2-Clause", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal(dependencies, string.Join(", ", metadata.Descendants().Where(item => item.Name.LocalName == "dependency")
            .Select(item => $"{item.Attribute("id")!.Value} {item.Attribute("version")!.Value}")));
    }

    [Fact]
    public async Task Every_sample_of_the_page_is_code_that_the_tests_run()
    {
        string code = Normalize(await File.ReadAllTextAsync(
            Programs.InRepository("tests", "SpipedNet.EndToEnd.Tests", "Client", "Samples.cs")));
        string page = await File.ReadAllTextAsync(Programs.InRepository("docs", "dotnet-client.md"));

        string[] samples = [.. Sample().Matches(page).Select(match => Normalize(match.Groups[1].Value))];

        Assert.Equal(5, samples.Length);
        Assert.All(samples, sample => Assert.Contains(sample, code, StringComparison.Ordinal));
    }

    private static bool IsContent(string path) =>
        !path.StartsWith('_') && !path.StartsWith("package/", StringComparison.Ordinal)
        && !path.EndsWith(".nuspec", StringComparison.Ordinal) && path != "[Content_Types].xml";

    private static XElement Metadata(ZipArchive package, string library)
    {
        using Stream stream = package.GetEntry($"{library}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single(item => item.Name.LocalName == "metadata");
    }

    private static string Value(XElement metadata, string name) =>
        metadata.Elements().Single(item => item.Name.LocalName == name).Value;

    // How far it is indented is the page's affair.
    private static string Normalize(string code) => string.Join('\n', code.Trim().Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
