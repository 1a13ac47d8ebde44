using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>What a running process still holds of secrets that it needs no more, and who may look.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class SecretRemainsTests
{
    [RootFact]
    public async Task Nothing_of_a_connection_is_left_in_memory_when_it_has_ended()
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelEnd receiver = await StartAsync(directory, target);
        byte[] marker = RandomNumberGenerator.GetBytes(32);
        using RawClient client = await RawClient.ConnectAsync(receiver.Source, await File.ReadAllBytesAsync(Key(directory)));
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");
        await client.SendAsync(client.Seal(marker));
        Assert.Equal(marker, await atTarget.ReceiveAsync(marker.Length));
        // So that the search is known to find what is there: the cipher's keys (those of the MAC are kept as its states).
        Assert.NotEqual(0, ProcessMemory.Count(receiver.Process.Id, client.SessionKeys[0]));
        Assert.NotEqual(0, ProcessMemory.Count(receiver.Process.Id, client.SessionKeys[2]));

        atTarget.CloseOutput();
        await client.EndsAsync();

        await Deadline.UntilAsync(
            () => client.SessionKeys.Append(marker).All(secret => ProcessMemory.Count(receiver.Process.Id, secret) == 0),
            "the session keys and the payload are gone");
        Assert.Equal(1, ProcessMemory.Count(receiver.Process.Id, client.SharedSecret));
    }

    [RootFact]
    public async Task Nothing_of_the_key_file_is_left_in_memory_once_it_was_read()
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelEnd receiver = await StartAsync(directory, target);

        byte[] content = await File.ReadAllBytesAsync(Key(directory));

        Assert.Equal(0, ProcessMemory.Count(receiver.Process.Id, content));
        Assert.Equal(1, ProcessMemory.Count(receiver.Process.Id, SHA256.HashData(content)));
    }

    [RootFact]
    public async Task No_core_is_dumped_and_nobody_but_root_may_look()
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelEnd receiver = await StartAsync(directory, target, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);

        // Files in /proc of a process that may be dumped belong to its user (proc(5)).
        Assert.Equal("65534", ProcessTable.Status(receiver.Process.Id, "Uid")[0]);
        ProcessOutcome owner = await TestProcess.RunAsync("stat", ["--format=%U", $"/proc/{receiver.Process.Id}/mem"]);

        Assert.Equal("root\n", owner.Output);
    }

    private static string Key(TestDirectory directory) => directory.File("key");

    private static async Task<TunnelEnd> StartAsync(TestDirectory directory, Target target, params string[] command)
    {
        await File.WriteAllBytesAsync(Key(directory), RandomNumberGenerator.GetBytes(32));
        // Another user has to read it as well.
        File.SetUnixFileMode(directory.Path, File.GetUnixFileMode(directory.Path) | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(Key(directory), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, directory);
        TunnelEnd receiver = TunnelEnd.Start(
            [.. command, Programs.SpipedNet], "-d", source, target.Address.Text, Key(directory));
        await receiver.ListeningAsync();
        return receiver;
    }
}
