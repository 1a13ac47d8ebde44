using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Lifecycle;

/// <summary>
/// Another user and group (<c>-u</c>), as /proc shows them. Only root can become somebody else; any other user at least
/// becomes itself.
/// </summary>
public sealed class PrivilegeTests
{
    // Debian's fixed numbers: daemon is user 1 and group 1, nogroup is group 65534.
    public static TheoryData<string, string, string> Identities => Environment.IsPrivilegedProcess
        ? new() { { "daemon", "1", "0" }, { ":nogroup", "0", "65534" }, { "daemon:nogroup", "1", "65534" } }
        : new() { { Environment.UserName, Own("Uid"), Own("Gid") } };

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task The_listening_process_has_become_the_user_and_group(string identity, string user, string group)
    {
        using var directory = new TestDirectory();
        using var target = new EchoTarget(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(
            Maker.Ours, Maker.Ours, target.Address, "-u", identity);
        using Duplex connection = Duplex.Of(await tunnel.Source.ConnectAsync());
        await connection.AssertEchoesAsync(); // it accepts only after the change

        // Real, effective, saved and file system identity: there is no way back.
        Assert.Equal([user, user, user, user], ProcessTable.Status(tunnel.Server.Process.Id, "Uid"));
        Assert.Equal([group, group, group, group], ProcessTable.Status(tunnel.Server.Process.Id, "Gid"));
    }

    [Theory]
    [MemberData(nameof(Identities))]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task No_supplementary_group_remains_of_root(string identity, string user, string group)
    {
        using var directory = new TestDirectory();
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, directory);
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--groups", "4,5", "--", Programs.SpipedNet]
            : [Programs.SpipedNet];
        using TunnelEnd end = TunnelEnd.Start(command, "-e", source, "[127.0.0.1]:9", directory.NewKey(), "-u", identity);
        await end.ListeningAsync();
        await end.Process.ErrorContainsAsync("started");

        Assert.Equal(user, ProcessTable.Status(end.Process.Id, "Uid")[0]);
        Assert.Equal(group, ProcessTable.Status(end.Process.Id, "Gid")[0]);
        string[] groups = ProcessTable.Status(end.Process.Id, "Groups");
        Assert.Equal(Environment.IsPrivilegedProcess ? [] : ProcessTable.Status(Environment.ProcessId, "Groups"), groups);
    }

    [RootFact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_program_that_the_user_may_not_read_does_not_start()
    {
        using var directory = new TestDirectory();
        string program = directory.File(Path.GetFileName(Programs.SpipedNet));
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(Programs.SpipedNet)!))
            File.Copy(file, directory.File(Path.GetFileName(file)));
        TestAddress source = TestAddress.Unused(AddressKind.Tcp4, directory);

        ProcessOutcome outcome = await TestProcess.RunAsync(
            program, ["-F", "-e", "-s", source.Text, "-t", "[127.0.0.1]:9", "-k", directory.NewKey(), "-u", "nobody"]);

        Assert.Equal(1, outcome.Status);
        Assert.Contains($"-u nobody: that user may not read {program}, parts", outcome.Error, StringComparison.Ordinal);
    }

    [RootFact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task A_user_who_cannot_read_the_key_again_is_warned_of_at_the_start()
    {
        using var directory = new TestDirectory();
        using TestProcess process = Start(directory, directory.NewKey());
        await process.ErrorContainsAsync("warning: -u nobody: SIGHUP will change nothing, because that user cannot read it again: cannot read key file");
    }

    [RootFact]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    public async Task Of_a_key_that_nobody_could_read_again_there_is_no_warning()
    {
        using var directory = new TestDirectory();
        using TestProcess process = Start(directory, "-");
        process.Input.Close();
        await process.ErrorContainsAsync("started");
        Assert.DoesNotContain("SIGHUP", process.Error, StringComparison.Ordinal);
    }

    private static TestProcess Start(TestDirectory directory, string key) => TestProcess.Start(
        Programs.SpipedNet,
        ["-F", "-e", "-s", TestAddress.Unused(AddressKind.Tcp4, directory).Text, "-t", "[127.0.0.1]:9", "-k", key, "-u", "nobody"]);

    private static string Own(string field) => ProcessTable.Status(Environment.ProcessId, field)[0];
}
