namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>Whose program an end of the tunnel is.</summary>
public enum Maker
{
    Ours,
    Stock,
}

/// <summary>One spiped, ours or stock, that runs in the foreground.</summary>
internal sealed class TunnelEnd : IDisposable
{
    private TunnelEnd(TestProcess process, TestAddress source)
    {
        Process = process;
        Source = source;
    }

    public TestAddress Source { get; }

    public TestProcess Process { get; }

    public static string ProgramOf(Maker maker) => maker == Maker.Ours ? Programs.SpipedNet : Programs.StockSpiped;

    /// <summary>Starts one; wait for <see cref="ListeningAsync"/> before connecting.</summary>
    /// <param name="maker">Ours or stock.</param>
    /// <param name="role"><c>-e</c> or <c>-d</c>.</param>
    /// <param name="source">Where it listens.</param>
    /// <param name="target">Where it connects to, as the command line says it.</param>
    /// <param name="key">The key file.</param>
    /// <param name="flags">Further options.</param>
    public static TunnelEnd Start(
        Maker maker, string role, TestAddress source, string target, string key, params IEnumerable<string> flags) =>
        Start([ProgramOf(maker)], role, source, target, key, flags);

    /// <summary>Starts ours by a command that ends with its name, such as one that makes a namespace for it.</summary>
    /// <inheritdoc cref="Start(Maker, string, TestAddress, string, string, IEnumerable{string})"/>
    public static TunnelEnd Start(
        string[] command, string role, TestAddress source, string target, string key, params IEnumerable<string> flags)
    {
        string[] arguments = [.. command.Skip(1), "-F", role, "-s", source.Text, "-t", target, "-k", key, .. flags];
        return new TunnelEnd(TestProcess.Start(command[0], arguments), source);
    }

    public async Task ListeningAsync()
    {
        bool hasEnded = false;
        await Deadline.UntilAsync(
            () => Source.IsListening || (hasEnded = !ProcessTable.IsRunning(Process.Id)), $"{Source} listens");
        if (hasEnded)
            throw new InvalidOperationException($"it ended instead of listening: {(await Process.OutcomeAsync()).Error}");
    }

    public void Dispose() => Process.Dispose();
}
