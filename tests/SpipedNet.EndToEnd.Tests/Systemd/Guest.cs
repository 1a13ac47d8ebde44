using System.Diagnostics;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>A systemd of the tests' own, in namespaces and over a throw-away copy of this machine's files; it boots once.</summary>
public sealed class Guest : IAsyncLifetime, IDisposable
{
    // It ends itself after 150 seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private static readonly Lazy<string?> Obstacle = new(FindObstacle);

    private readonly TestDirectory _directory = new();

    /// <summary>Why none can be booted here; null when one can.</summary>
    public static string? WhyNot => Obstacle.Value;

    /// <summary>What guest.sh has printed.</summary>
    public string Result { get; private set; } = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        await CopyProgramAsync(_directory);
        File.Copy(Script("guest.sh"), _directory.File("guest.sh"));
        using TestProcess boot = TestProcess.Start("bash", [Script("boot.sh"), _directory.Path]);
        await boot.ExitAsync(Limit);
        Result = await ReadAsync("result") + await ReadAsync("boot.log") + boot.Error;
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    /// <summary>Puts there what a guest needs: the program, the units, and where .NET is.</summary>
    internal static async Task CopyProgramAsync(TestDirectory directory)
    {
        CopyFiles(Path.GetDirectoryName(Programs.SpipedNet)!, directory.File("program"));
        CopyFiles(Programs.InRepository("systemd"), directory.File("units"));
        string runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        await File.WriteAllTextAsync(directory.File("dotnet-root"), Path.GetFullPath(Path.Combine(runtime, "../../..")));
    }

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

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
