using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Many;

/// <summary>One process of ours that runs the tunnels of a file.</summary>
internal sealed class ManyTunnels : IDisposable
{
    private const int Hangup = 1;
    private static readonly string[] Ends = [" reloaded: ", "reload failed, and nothing was changed: "];

    private ManyTunnels(string file, TestProcess process) => (File, Process) = (file, process);

    public string File { get; }

    public TestProcess Process { get; }

    /// <summary>Starts it and waits until it has started the tunnels.</summary>
    public static async Task<ManyTunnels> StartAsync(TestDirectory directory, params string[] lines)
    {
        string file = directory.File("tunnels.conf");
        await System.IO.File.WriteAllLinesAsync(file, lines);
        var many = new ManyTunnels(file, TestProcess.Start(Programs.SpipedNet, ["-F", "-c", file]));
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

    /// <inheritdoc cref="ReloadAsync()"/>
    public static async Task<string> ReloadAsync(TestProcess process)
    {
        int before = process.Error.Length;
        process.Signal(Hangup);
        string News() => process.Error[before..];
        try
        {
            await Deadline.UntilAsync(() => Array.Exists(Ends, end => News().Contains(end, StringComparison.Ordinal)), "the end of a reload");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; it wrote: {process.Error}", late);
        }

        return News();
    }

    public void Dispose() => Process.Dispose();
}
