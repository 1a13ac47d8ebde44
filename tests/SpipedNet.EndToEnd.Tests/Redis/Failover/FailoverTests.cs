using System.Globalization;
using SpipedNet.EndToEnd.Tests.Harness;
using Xunit.Abstractions;

namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>
/// Failovers by three Sentinels whose every edge is a tunnel, with clients that go on writing meanwhile. SPIPED_NET_FAILOVERS
/// is the number of failovers of each kind; the times of each are in the test's output.
/// </summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Collection(nameof(Alone))]
public sealed class FailoverTests(ITestOutputHelper output)
{
    private static readonly int Rounds =
        int.Parse(Environment.GetEnvironmentVariable("SPIPED_NET_FAILOVERS") ?? "1", CultureInfo.InvariantCulture);

    [RootFact]
    public async Task Acknowledged_writes_survive_and_writes_go_on_soon_after_Sentinel_has_switched()
    {
        await using RedisGroup group = await RedisGroup.StartAsync();
        await group.StartWritersAsync();
        RedisHost master = await group.CompleteAsync();
        try
        {
            for (int i = 0; i < Rounds * Inducements.All.Count; i++)
                master = await FailOverAsync(group, master, Inducements.All[i % Inducements.All.Count]);
        }
        finally
        {
            output.WriteLine(string.Join('\n', group.FollowerLog));
        }

        await group.StopWritersAsync();
        await AssertAllHaveTheSameAsync(group, master);
    }

    private async Task<RedisHost> FailOverAsync(RedisGroup group, RedisHost oldMaster, Inducement inducement)
    {
        await GoOnAfterAsync(group, DateTime.UtcNow);
        DateTime begin = DateTime.UtcNow;
        int resets = Resets(group);

        await inducement.BeginAsync(group, oldMaster);
        await Deadline.UntilAsync(() => group.Hosts.Any(host => host.SwitchAfter(begin) is not null), "a Sentinel has switched");
        DateTime switched = group.Hosts.Select(host => host.SwitchAfter(begin)).Where(time => time is not null).Min()!.Value;
        await GoOnAfterAsync(group, switched);
        // Who has been killed has reset them itself.
        if (inducement != Inducement.Killed)
            await Deadline.UntilAsync(() => Resets(group) > resets, "our end resets what leads to the old master");
        await inducement.EndAsync(group, oldMaster);
        RedisHost master = await group.CompleteAsync();
        await GoOnAfterAsync(group, DateTime.UtcNow);

        Tell(group, inducement, begin, switched);
        Assert.Contains("role:slave", await oldMaster.RedisAsync("info", "replication"), StringComparison.Ordinal);
        await AssertNothingIsLostAsync(master, group, LastSwitch(group, begin));
        return master;
    }

    // On a busy machine Sentinels may fail over a second time, and what the first successor alone had taken is gone. Each tells
    // of a switch in its turn; the first does when it is done.
    private static DateTime LastSwitch(RedisGroup group, DateTime begin) => group.Hosts
        .SelectMany(host => host.SwitchesAfter(begin))
        .GroupBy(change => change.Masters)
        .Max(same => same.Min(change => change.Time));

    private static int Resets(RedisGroup group) =>
        group.FollowerLog.Count(line => line.Contains("which is not the master any more", StringComparison.Ordinal));

    private static async Task GoOnAfterAsync(RedisGroup group, DateTime time)
    {
        foreach (WriteLog log in group.Logs)
            await Deadline.UntilAsync(() => log.GoesOnAfter(time), $"{log.Writer} writes");
    }

    // What only the old master had taken would be gone now. A Sentinel that has not heard of the failover yet may have sent
    // a client there that asked it; our end that follows the master has not.
    private static async Task AssertNothingIsLostAsync(RedisHost master, RedisGroup group, DateTime switched)
    {
        Write[] writes = [.. group.Logs.SelectMany(log => log.All)];
        Write[] localWrites = [.. group.LocalLogs.SelectMany(log => log.All)];
        HashSet<string> keys = await KeysAsync(master);

        Assert.DoesNotContain(writes, write => write.IsAcknowledged && !keys.Contains(write.Key));
        Assert.DoesNotContain(localWrites, write => write.IsAnswered && write.Begin > switched && !keys.Contains(write.Key));
    }

    private static async Task AssertAllHaveTheSameAsync(RedisGroup group, RedisHost master)
    {
        HashSet<string> expected = await KeysAsync(master);
        foreach (RedisHost host in group.Hosts)
        {
            await Deadline.UntilAsync(
                async () => expected.SetEquals(await KeysAsync(host)), $"{host.MeshAddress} has the keys of the master");
        }
    }

    private static async Task<HashSet<string>> KeysAsync(RedisHost host) =>
        [.. (await host.RedisAsync("keys", "*:*")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private void Tell(RedisGroup group, Inducement inducement, DateTime begin, DateTime switched)
    {
        output.WriteLine($"{inducement}: Sentinel switched after {Seconds(switched - begin)}");
        foreach (WriteLog log in group.Logs)
        {
            (DateTime from, DateTime to) = log.LongestGap(begin);
            output.WriteLine($"  {log.Writer}: no write for {Seconds(to - from)}, until {Seconds(to - switched)} after the switch");
        }
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s";
}
