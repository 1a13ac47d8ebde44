using System.Globalization;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>
/// A variable in the environment of every process that a test starts. Daemons inherit it, so it finds what no parent
/// waits for: at a test's end, at this program's end, and, had that been killed, at the next run's start.
/// </summary>
internal static class ProcessMark
{
    public const string Variable = "SPIPED_NET_TEST_PROCESS";

    private static readonly string Owner =
        $"{Environment.ProcessId}-{ProcessTable.StartTime(Environment.ProcessId)}";

    private static int _count;

    static ProcessMark()
    {
        KillAll(mark => !IsOwnerRunning(mark));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll(IsOurs);
    }

    public static string Next() => $"{Owner}-{Interlocked.Increment(ref _count)}";

    /// <summary>The running processes with this mark.</summary>
    public static IReadOnlyList<int> Bearers(string mark) => ProcessTable.WithEnvironment(Variable, m => m == mark);

    private static void KillAll(Func<string, bool> isMatch)
    {
        foreach (int id in ProcessTable.WithEnvironment(Variable, isMatch))
            ProcessTable.EnsureKilled(id);
    }

    private static bool IsOurs(string mark) => mark.StartsWith($"{Owner}-", StringComparison.Ordinal);

    private static bool IsOwnerRunning(string mark)
    {
        string[] parts = mark.Split('-');
        int id = int.Parse(parts[0], CultureInfo.InvariantCulture);
        return ProcessTable.IsRunning(id) && ProcessTable.StartTime(id) == parts[1];
    }
}
