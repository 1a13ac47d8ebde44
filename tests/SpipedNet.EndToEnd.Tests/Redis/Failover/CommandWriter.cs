using System.Globalization;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>redis-cli in a loop of the shell; see write.sh.</summary>
internal sealed class CommandWriter : IWriter
{
    private readonly TestProcess _process;
    private readonly Task _reading;

    /// <param name="host">Where it runs.</param>
    /// <param name="name">What its keys begin with.</param>
    /// <param name="password">The password of Redis and Sentinel.</param>
    /// <param name="sentinels">Whom it asks for the master; none for 127.0.0.1.</param>
    public CommandWriter(NetworkHost host, string name, string password, params IEnumerable<string> sentinels)
    {
        Log = new WriteLog(name);
        string script = Programs.InRepository("tests", "SpipedNet.EndToEnd.Tests", "Redis", "Failover", "write.sh");
        _process = host.StartPipe("env", [$"REDISCLI_AUTH={password}", "LC_ALL=C", "bash", script, name, .. sentinels]);
        _reading = ReadAsync();
    }

    public WriteLog Log { get; }

    public async ValueTask DisposeAsync()
    {
        _process.Input.Close();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        using var reader = new StreamReader(_process.Output);
        while (await reader.ReadLineAsync() is string line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string answers = string.Join(' ', words.Skip(3));
            Log.Add(new Write(
                words[0],
                TimeOf(words[1]),
                TimeOf(words[2]),
                answers.StartsWith("OK OK", StringComparison.Ordinal),
                answers == $"OK OK 1 {Log.Writer}" || answers == $"OK OK 2 {Log.Writer}"));
        }
    }

    private static DateTime TimeOf(string seconds) =>
        DateTime.UnixEpoch.AddSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
}
