using System.Net;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A real redis-server on a free port, without persistence.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly TestDirectory _directory = new();
    private RedisServer(IEnumerable<string> options)
    {
        Address = TestAddress.Tcp(IPAddress.Loopback, FreePort.Next());
        // A process title of its own would overwrite the environment, and ProcessMark's variable with it.
        string[] arguments =
        [
            "--bind", "127.0.0.1", "--port", $"{Address.Port}", "--dir", _directory.Path,
            "--save", "", "--set-proc-title", "no", .. options,
        ];
        Process = TestProcess.Start("redis-server", arguments);
    }

    public TestProcess Process { get; }

    public TestAddress Address { get; }

    /// <summary>Starts one, with options as redis.conf has them but for two leading dashes.</summary>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var server = new RedisServer(options);
        try
        {
            await Deadline.UntilAsync(() => server.Address.IsListening, "redis-server listens");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command with redis-cli against the server at <paramref name="address"/>.</summary>
    public static Task<ProcessOutcome> CliAsync(TestAddress address, params string[] command) =>
        TestProcess.RunAsync("redis-cli", ["-h", "127.0.0.1", "-p", $"{address.Port}", .. command]);

    /// <summary>Runs a command with redis-cli that must not fail; returns what it prints.</summary>
    public async Task<string> CliAsync(params string[] command)
    {
        ProcessOutcome outcome = await CliAsync(Address, command);
        Assert.False(outcome.Status != 0 || outcome.Output.StartsWith("ERR", StringComparison.Ordinal), outcome.Output + outcome.Error);
        return outcome.Output.Trim();
    }

    public void Dispose()
    {
        Process.Dispose();
        _directory.Dispose();
    }
}
