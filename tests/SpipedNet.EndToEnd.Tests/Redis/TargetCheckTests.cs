using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis;

/// <summary>--target-check: connections go where they are of use, and leave where they are not.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class TargetCheckTests : CheckedTargetTests
{
    /// <summary>Who checks, and whose program is at the other end.</summary>
    public static TheoryData<string, Maker> Ends => new()
    {
        { "-e", Maker.Stock },
        { "-d", Maker.Ours },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_master_is_followed_and_connections_to_the_one_before_are_reset(string role, Maker other)
    {
        (RedisServer master, RedisServer replica) = await StartReplicationAsync();
        TunnelEnd checking = await StartAsync(role, other, [replica.Address, master.Address], "--target-check", "redis-master");
        using Duplex before = await ConnectedAsync(Source);
        Assert.Equal("OK", await SetAsync(Source, "where", "first"));
        await master.CliAsync("wait", "1", "30000");

        await replica.CliAsync("replicaof", "no", "one");

        await before.AssertResetAsync();
        Assert.Equal("OK", await SetAsync(Source, "where", "second"));
        Assert.Equal("second", await replica.CliAsync("get", "where"));
        Assert.Equal("first", await master.CliAsync("get", "where"));
        await checking.Process.ErrorContainsAsync("was promoted in place of");
    }

    [Fact]
    public async Task A_master_that_has_become_a_replica_is_left_though_there_is_no_other()
    {
        RedisServer master = await StartRedisAsync();
        TestAddress nobody = TestAddress.Unused(AddressKind.Tcp4, Directory);
        TunnelEnd checking = await StartAsync("-d", Maker.Ours, [master.Address], "--target-check", "redis-master", "-o", "3");
        await checking.Process.ErrorContainsAsync("from now on connections go to");
        using Duplex before = await ConnectedAsync(Source);

        await master.CliAsync("replicaof", "127.0.0.1", $"{nobody.Port}");

        await before.AssertResetAsync();
        using Duplex after = Duplex.Of(await Source.ConnectAsync());
        await after.AssertResetAsync();
        await checking.Process.ErrorContainsAsync($"no master within 3 s (-o): {master.Address}: it is a replica");
    }

    [Fact]
    public async Task A_frozen_master_is_left_when_another_is_promoted_and_not_used_when_it_thaws()
    {
        (RedisServer master, RedisServer replica) = await StartReplicationAsync();
        TunnelEnd checking = await StartAsync("-e", Maker.Ours, [master.Address, replica.Address], "--target-check", "redis-master");
        Assert.Equal("OK", await SetAsync(Source, "where", "first"));
        await master.CliAsync("wait", "1", "30000");
        using Duplex before = await ConnectedAsync(Source);

        master.Process.Signal(ProcessTable.Stop);
        await replica.CliAsync("replicaof", "no", "one");
        await before.AssertResetAsync();
        Assert.Equal("OK", await SetAsync(Source, "where", "second"));
        await checking.Process.ErrorContainsAsync("no answer within 1 s (--check-timeout)");
        master.Process.Signal(ProcessTable.Continue);
        await Deadline.UntilAsync(
            () => checking.Process.Error.Split("it says that it is the master").Length == 4, "the old one claims to be the master again");

        Assert.Equal("OK", await SetAsync(Source, "where", "third"));
        Assert.Equal("third", await replica.CliAsync("get", "where"));
        Assert.Equal("first", await master.CliAsync("get", "where"));
    }

    [Fact]
    public async Task A_promotion_by_mistake_can_be_taken_back()
    {
        (RedisServer master, RedisServer replica) = await StartReplicationAsync();
        TunnelEnd checking = await StartAsync("-d", Maker.Ours, [master.Address, replica.Address], "--target-check", "redis-master", "-o", "30");
        Assert.Equal("OK", await SetAsync(Source, "where", "first"));
        await master.CliAsync("wait", "1", "30000");
        await replica.CliAsync("replicaof", "no", "one");
        await checking.Process.ErrorContainsAsync("was promoted in place of");

        await replica.CliAsync("replicaof", "127.0.0.1", $"{master.Address.Port}");
        await Deadline.UntilAsync(
            () => checking.Process.Error.Split($"from now on connections go to {master.Address}").Length == 3, "the first is the master again");

        Assert.Equal("OK", await SetAsync(Source, "where", "second"));
        Assert.Equal("second", await master.CliAsync("get", "where"));
    }

    [Fact]
    public async Task A_connection_waits_while_there_is_no_master()
    {
        RedisServer master = await StartRedisAsync("--replicaof", $"127.0.0.1 {TestAddress.Unused(AddressKind.Tcp4, Directory).Port}");
        TunnelEnd checking = await StartAsync("-e", Maker.Ours, [master.Address], "--target-check", "redis-master", "-o", "30");
        await checking.Process.ErrorContainsAsync("there is no master to connect to");
        Task<string> waiting = SetAsync(Source, "where", "here");

        await master.CliAsync("replicaof", "no", "one");

        Assert.Equal("OK", await waiting);
    }

    [Fact]
    public async Task With_Sentinels_the_master_is_used_only_while_most_of_them_name_it()
    {
        RedisServer master = await StartRedisAsync();
        (TestProcess Process, TestAddress Address)[] sentinels = [StartSentinel(master), StartSentinel(master), StartSentinel(master)];
        TunnelEnd checking = await StartAsync(
            "-d", Maker.Ours, [master.Address],
            [
                "--target-check", "redis-master", "--master-name", "cache", "--check-interval", "0.2",
                .. sentinels.SelectMany(sentinel => new[] { "--sentinel", sentinel.Address.Text }),
            ]);
        await checking.Process.ErrorContainsAsync("from now on connections go to");
        using Duplex before = await ConnectedAsync(Source);

        sentinels[0].Process.Signal(ProcessTable.Stop);
        sentinels[1].Process.Signal(ProcessTable.Stop);
        await before.AssertResetAsync();
        await checking.Process.ErrorContainsAsync("1 of 3 Sentinels name a master");
        sentinels[0].Process.Signal(ProcessTable.Continue);

        Assert.Equal("OK", await SetAsync(Source, "where", "here"));
    }

    [Fact]
    public async Task What_answers_as_no_Redis_is_passed_over()
    {
        using var other = new EchoTarget(AddressKind.Tcp4, Directory);
        RedisServer redis = await StartRedisAsync("--requirepass", "secret");

        TunnelEnd checking = await StartAsync("-e", Maker.Ours, [other.Address, redis.Address], "--target-check", "redis");

        await checking.Process.ErrorContainsAsync("so it is not what was expected");
        Assert.StartsWith("NOAUTH", await SetAsync(Source, "where", "here"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-e")]
    [InlineData("-d")]
    public async Task One_that_ends_the_connection_instead_of_an_answer_is_asked_again_and_again(string role)
    {
        using var target = new Target(AddressKind.Tcp4, Directory);
        // The first failure is told, and shall not be that this process was late on a busy machine.
        TunnelEnd checking = await StartAsync(
            role, Maker.Ours, [target.Address], "--target-check", "redis", "--check-interval", "0.1", "--check-timeout", "30");
        for (int i = 0; i < 5; i++)
        {
            using Duplex connection = await Deadline.ForAsync(target.AcceptAsync(), "one more check");
            await connection.ReceiveAsync(1);
        }

        await checking.Process.ErrorContainsAsync("cannot be used: the connection ended without an answer");
    }

    [Theory]
    [InlineData("-e")]
    [InlineData("-d")]
    public async Task The_first_target_that_is_there_gets_new_connections_and_the_others_keep_theirs(string role)
    {
        TestAddress first = TestAddress.Unused(AddressKind.Tcp4, Directory);
        using var second = new EchoTarget(AddressKind.Tcp4, Directory);
        TunnelEnd checking = await StartAsync(role, Maker.Ours, [first, second.Address], "--target-check", "tcp", "--check-interval", "0.1");
        using Duplex before = await ConnectedAsync(Source);
        await before.AssertEchoesAsync();

        using var late = new EchoTarget(new Target(first));
        await checking.Process.ErrorContainsAsync(role == "-d" ? $"from now on connections go to {first}" : "from now on connections go to");
        await Deadline.UntilAsync(() => EchoesAtAsync(late), "new connections go to the first");

        await before.AssertEchoesAsync();
    }

    [Fact]
    public async Task The_status_names_the_master()
    {
        RedisServer master = await StartRedisAsync();
        using NotifySocket manager = NotifySocket.In(Directory);
        string[] command = ["env", $"NOTIFY_SOCKET={manager.Address}", Programs.SpipedNet];
        using TunnelEnd end = TunnelEnd.Start(
            command, "-d", TestAddress.Unused(AddressKind.Tcp4, Directory), master.Address.Text, Key, "--target-check", "redis-master");

        await manager.ReceiveAsync($"STATUS=0 connections open; master {master.Address}");
    }

    private async Task<bool> EchoesAtAsync(EchoTarget target)
    {
        using Duplex connection = Duplex.Of(await Source.ConnectAsync());
        await connection.AssertEchoesAsync();
        return target.Accepted > 0;
    }
}
