using System.Text.Json;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>One process of ours that runs the tunnels of a file.</summary>
internal sealed class ManyTunnels : IDisposable
{
    private const int Hangup = 1;
    private static readonly string[] Ends = [" reloaded: ", "reload failed, and nothing was changed: "];

    private readonly TestDirectory _directory;

    private ManyTunnels(TestDirectory directory, string file, string[] flags) =>
        (_directory, File, Process) = (directory, file, TestProcess.Start(
            "env", [$"RUNTIME_DIRECTORY={directory.Path}", Programs.SpipedNet, "-F", "-c", file, .. flags]));

    public string File { get; }

    public TestProcess Process { get; }

    /// <summary>Starts it and waits until it has started the tunnels.</summary>
    public static Task<ManyTunnels> StartAsync(TestDirectory directory, params string[] lines) => StartAsync(directory, [], lines);

    /// <summary>The same, with more options of the process.</summary>
    public static async Task<ManyTunnels> StartAsync(TestDirectory directory, string[] flags, string[] lines)
    {
        string file = directory.File("tunnels.conf");
        await System.IO.File.WriteAllLinesAsync(file, lines);
        var many = new ManyTunnels(directory, file, flags);
        await many.Process.ErrorContainsAsync(" started, ");
        return many;
    }

    /// <summary>Writes another file, and has it read; returns what the log says from then on.</summary>
    public async Task<string> ReloadAsync(params string[] lines)
    {
        await System.IO.File.WriteAllLinesAsync(File, lines);
        return await ReloadAsync();
    }

    /// <summary>Has file and keys read again; returns what the log says from then on.</summary>
    public Task<string> ReloadAsync() => ReloadAsync(Process);

    /// <summary>Has the file read again; returns what is wrong with it, as soon as so many mistakes were told.</summary>
    public async Task<string[]> MistakesAsync(int count)
    {
        int before = Process.Error.Length;
        Process.Signal(Hangup);
        string[] found = [];
        await Deadline.UntilAsync(
            () => (found = Mistakes(Process.Error[before..])).Length >= count || HasLine(Process.Error[before..], Ends[0]), $"{count} mistakes are told");
        return found;
    }

    /// <inheritdoc cref="ReloadAsync()"/>
    public static async Task<string> ReloadAsync(TestProcess process)
    {
        int before = process.Error.Length;
        process.Signal(Hangup);
        string News() => process.Error[before..];
        try
        {
            await Deadline.UntilAsync(() => Array.Exists(Ends, end => HasLine(News(), end)), "the end of a reload");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; it wrote: {process.Error}", late);
        }

        return News();
    }

    // Of the lines that are complete.
    private static string[] Mistakes(string text) => [.. text.Split('\n')[..^1]
        .Select(line => line.Split(Ends[1], 2)).Where(parts => parts.Length == 2).Select(parts => parts[1])];

    private static bool HasLine(string text, string part) =>
        text.IndexOf(part, StringComparison.Ordinal) is >= 0 and int start && text.IndexOf('\n', start) >= 0;

    /// <summary>The tunnels, as status has them.</summary>
    public async Task<JsonElement[]> StatusAsync() => [.. (await ProcessStatusAsync()).GetProperty("tunnels").EnumerateArray()];

    /// <summary>The process, as status has it.</summary>
    public async Task<JsonElement> ProcessStatusAsync() =>
        JsonDocument.Parse(await StatusTextAsync("--json")).RootElement.GetProperty("processes")[0];

    /// <summary>What status prints.</summary>
    public async Task<string> StatusTextAsync(params string[] flags)
    {
        ProcessOutcome outcome = await TestProcess.RunAsync(
            Programs.SpipedNet, ["status", .. flags, "--socket", _directory.File("control.sock")]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        return outcome.Output;
    }

    /// <summary>Waits until the status of a tunnel is as it should be.</summary>
    public async Task<JsonElement> UntilAsync(string name, Func<JsonElement, bool> condition, string what)
    {
        JsonElement status = default;
        await Deadline.UntilAsync(async () =>
            condition(status = Assert.Single(await StatusAsync(), tunnel => tunnel.GetProperty("name").GetString() == name)), what);
        return status;
    }

    public void Dispose() => Process.Dispose();
}
