using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Subcommands;

/// <summary>
/// A host for the script of redis-mesh, as far as the script sees: its files are in a directory, and what it asks of systemd
/// and of the network is noted and answered by programs that are none.
/// </summary>
internal sealed class RedisMeshHost : IDisposable
{
    private readonly TestDirectory _directory = new();

    /// <summary>A host with a key, a Redis and a Sentinel, and root as its user.</summary>
    /// <param name="addresses">Its IP addresses, as a pattern of the shell.</param>
    public RedisMeshHost(string addresses)
    {
        foreach (string name in (string[])["bin", "etc/spiped", "etc/redis"])
            Directory.CreateDirectory(_directory.File(name));
        Write("spiped/redis-mesh.key", "key");
        Write("redis/redis.conf", "bind 127.0.0.1\n");
        Program("id", "echo 0");
        Program("systemctl", $"echo \"$*\" >>{_directory.File("systemctl")}");
        Program("getent", "echo \"$2 STREAM $2\"");
        Program("ip", $"case $5 in {addresses}) echo here ;; esac");
    }

    /// <summary>What was asked of systemctl since this was read last.</summary>
    public string[] TakeSystemctl()
    {
        string file = _directory.File("systemctl");
        string[] lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        File.Delete(file);
        return lines;
    }

    /// <summary>Has a script stand for a program.</summary>
    public void Program(string name, string script)
    {
        string file = _directory.File($"bin/{name}");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }

    public string Read(string file) => File.ReadAllText(_directory.File($"etc/{file}"));

    public void Write(string file, string text) => File.WriteAllText(_directory.File($"etc/{file}"), text);

    public bool Has(string file) => File.Exists(_directory.File($"etc/{file}"));

    public void Delete(string file) => File.Delete(_directory.File($"etc/{file}"));

    /// <summary>Runs the script that redis-mesh prints. What it says has the paths that the script has.</summary>
    public async Task<ProcessOutcome> RunAsync(params string[] arguments)
    {
        ProcessOutcome printed = await TestProcess.RunAsync(Programs.SpipedNet, ["redis-mesh", .. arguments]);
        Assert.Equal((0, ""), (printed.Status, printed.Error));
        string etc = _directory.File("etc/");
        ProcessOutcome outcome = await TestProcess.RunAsync(
            "sh", [],
            $"PATH={_directory.File("bin")}:$PATH\n" + printed.Output.Replace("/etc/", etc, StringComparison.Ordinal));
        return outcome with { Error = outcome.Error.Replace(etc, "/etc/", StringComparison.Ordinal) };
    }

    public void Dispose() => _directory.Dispose();
}
