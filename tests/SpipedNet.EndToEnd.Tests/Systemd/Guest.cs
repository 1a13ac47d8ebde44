using System.Diagnostics;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>
/// A systemd of the tests' own, in namespaces and over a throw-away copy of this machine's files; it boots once, to run a script.
/// </summary>
/// <param name="script">Its file name.</param>
public abstract class Guest(string script) : IAsyncLifetime, IDisposable
{
    // It ends itself after 150 seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private static readonly Lazy<string?> Obstacle = new(FindObstacle);

    private readonly TestDirectory _directory = new();

    /// <summary>Why none can be booted here; null when one can.</summary>
    public static string? WhyNot => Obstacle.Value;

    /// <summary>What the script has printed.</summary>
    public string Result { get; private set; } = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        await FillAsync(_directory);
        File.Copy(Script("functions.sh"), _directory.File("functions.sh"));
        File.Copy(Script(script), _directory.File("guest.sh"));
        using TestProcess boot = TestProcess.Start("bash", [Script("boot.sh"), _directory.Path]);
        await boot.ExitAsync(Limit);
        Result = await ReadAsync("result") + await ReadAsync("boot.log") + boot.Error;
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fails, with all that the script has printed, unless it has seen this.</summary>
    internal void AssertShows(string what) => Assert.True(Result.Contains($"ok: {what}\n", StringComparison.Ordinal), Result);

    /// <summary>Puts into the directory what the script needs.</summary>
    private protected abstract Task FillAsync(TestDirectory directory);

    private static string Script(string name) => Programs.InRepository("tests", "SpipedNet.EndToEnd.Tests", "Systemd", "Guest", name);

    private static string? FindObstacle()
    {
        using Process probe = Process.Start(
            new ProcessStartInfo("bash", [Script("boot.sh"), "--probe"]) { RedirectStandardError = true })!;
        string reason = probe.StandardError.ReadToEnd().Trim();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : reason;
    }

    private async Task<string> ReadAsync(string name) =>
        File.Exists(_directory.File(name)) ? await File.ReadAllTextAsync(_directory.File(name)) : "";
}
