namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>
/// The programs under test. SPIPED_NET and SPIPE_NET name others than the built ones, so that the tests that are not
/// marked <see cref="BeyondSpiped"/> can be tried on spiped itself.
/// </summary>
internal static class Programs
{
    /// <summary>The trait of tests that ask for more than spiped 1.6 does: <c>--filter Beyond!=spiped</c>.</summary>
    public const string Beyond = "Beyond";

    /// <inheritdoc cref="Beyond"/>
    public const string BeyondSpiped = "spiped";

    /// <summary>
    /// The trait of tests whose behaviour SECURITY.md compares with spiped's: tests/against-spiped.sh runs them on both.
    /// </summary>
    public const string Compared = "Compared";

    /// <inheritdoc cref="Compared"/>
    public const string WithSpiped = "spiped";

    public const string StockSpiped = "spiped";

    public const string StockSpipe = "spipe";

    public static string SpipedNet { get; } = Find("SPIPED_NET", "SpipedNet", "spiped-net");

    public static string SpipeNet { get; } = Find("SPIPE_NET", "SpipedNet.Pipe", "spipe-net");

    /// <summary>A file or directory of the repository.</summary>
    public static string InRepository(params string[] path) => Path.Combine([RepositoryRoot(), .. path]);

    private static string Find(string variable, string project, string name)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path)
            return path;
        string built = InRepository("src", project, "bin", "Release", "net10.0", name);
        return File.Exists(built)
            ? built
            : throw new FileNotFoundException($"{built} is missing; run dotnet build -c Release, or set {variable}");
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "SpipedNet.sln")))
            directory = directory.Parent;
        return directory?.FullName
            ?? throw new DirectoryNotFoundException($"no SpipedNet.sln above {AppContext.BaseDirectory}");
    }
}
