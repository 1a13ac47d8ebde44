using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>The published programs and the Debian package of them, made once for all tests.</summary>
public sealed class Package : IAsyncLifetime, IDisposable
{
    // Compiles and compresses 40 MB, on a machine that does other things, too.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly TestDirectory _directory = new();

    /// <summary>Why none can be made here; null when one can.</summary>
    public static string? WhyNot { get; } = InPath("dpkg-deb") ? null : "dpkg-deb is missing; this is no Debian";

    /// <summary>The .deb.</summary>
    public string File { get; private set; } = "";

    /// <summary>What publish.sh has made.</summary>
    public string Published { get; private set; } = Path.GetDirectoryName(Programs.SpipedNet)!;

    /// <summary>Whether there is such a program.</summary>
    public static bool InPath(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(directory => System.IO.File.Exists(Path.Combine(directory, program)));

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        string architecture = (await TestProcess.RunAsync("dpkg", ["--print-architecture"])).Output.Trim();
        string runtime = architecture == "arm64" ? "linux-arm64" : "linux-x64";
        if (!System.IO.File.Exists(Path.Combine(Published, "dotnet-notices.txt")))
        {
            // The programs under test are not published ones. Without the precompiled code, which is most of the work.
            Published = _directory.File("published");
            await RunAsync("publish.sh", Published, runtime, "-p:PublishReadyToRun=false");
        }

        await RunAsync("build-deb.sh", architecture, _directory.Path, Published);
        File = Assert.Single(Directory.GetFiles(_directory.Path, "spiped-net_*.deb"));
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static async Task RunAsync(string script, params string[] arguments)
    {
        using TestProcess process = TestProcess.Start("bash", [Programs.InRepository("packaging", script), .. arguments]);
        int status = await process.ExitAsync(Limit);
        Assert.True(status == 0, $"{script}: {process.Error}");
    }
}
