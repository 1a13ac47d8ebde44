using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>What /proc says about processes, and signals to them.</summary>
internal static class ProcessTable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Whether the process runs; one that has ended but was not waited for yet does not.</summary>
    public static bool IsRunning(int id) => State(id) is not ('\0' or 'Z' or 'X');

    public static void Signal(int id, int signal)
    {
        if (SendSignal(id, signal) != 0)
            throw new InvalidOperationException($"kill -{signal} {id}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Kills the process if it still runs.</summary>
    public static void EnsureKilled(int id) => _ = SendSignal(id, Kill);

    public static IReadOnlyList<int> ChildrenOf(int id) =>
        [.. All().Where(child => Fields(child) is { Length: > 1 } fields && fields[1] == $"{id}")];

    public static int SessionOf(int id) => int.Parse(Fields(id)[3], CultureInfo.InvariantCulture);

    /// <summary>The processes, among those that this user may look at, that were started with this variable.</summary>
    public static IReadOnlyList<int> WithEnvironment(string variable, Func<string, bool> isMatch)
    {
        string prefix = $"{variable}=";
        return [.. All().Where(id => Read(id, "environ").Split('\0')
            .Any(entry => entry.StartsWith(prefix, StringComparison.Ordinal) && isMatch(entry[prefix.Length..])))];
    }

    /// <summary>The processes whose arguments are these.</summary>
    public static IReadOnlyList<int> WithArguments(IEnumerable<string> arguments)
    {
        string end = string.Concat(arguments.Select(argument => $"\0{argument}")) + '\0';
        return [.. All().Where(id => Read(id, "cmdline").EndsWith(end, StringComparison.Ordinal))];
    }

    /// <summary>A field of /proc/ID/status: <c>Uid</c>, <c>Gid</c>, <c>Groups</c>, … split at white space.</summary>
    public static string[] Status(int id, string field) => Read(id, "status").Split('\n')
        .First(line => line.StartsWith($"{field}:", StringComparison.Ordinal))[(field.Length + 1)..]
        .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many descriptors it has open.</summary>
    public static int Descriptors(int id) => Directory.GetFiles($"/proc/{id}/fd").Length;

    /// <summary>How many sockets it has open. The runtime opens files of its own when it needs them first.</summary>
    public static int Sockets(int id) => Directory.GetFiles($"/proc/{id}/fd")
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>When the process started, in ticks since boot: with its id this names it for ever.</summary>
    public static string? StartTime(int id) => Fields(id) is { Length: > 19 } fields ? fields[19] : null;

    private static char State(int id) => Fields(id) is { Length: > 0 } fields ? fields[0][0] : '\0';

    // The fields of proc(5) stat after the command's name, which may itself hold blanks and parentheses.
    private static string[] Fields(int id)
    {
        string stat = Read(id, "stat");
        return stat.Length == 0 ? [] : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
        .Where(id => id != 0);

    private static string Read(int id, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended in the meantime, or belongs to somebody else
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int id, int signal);
}
