using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>What makes Sentinel take another master.</summary>
public enum Inducement
{
    /// <summary>kill -9.</summary>
    Killed,

    /// <summary>Its host's cable is cut.</summary>
    CutOff,

    /// <summary>SIGSTOP.</summary>
    Frozen,
}

internal static class Inducements
{
    public static IReadOnlyList<Inducement> All { get; } = Enum.GetValues<Inducement>();

    public static async Task BeginAsync(this Inducement inducement, RedisGroup group, RedisHost master)
    {
        switch (inducement)
        {
            case Inducement.Killed:
                ProcessTable.Signal(master.Redis, ProcessTable.Kill);
                break;
            case Inducement.CutOff:
                await group.CutAsync(master);
                break;
            default:
                ProcessTable.Signal(master.Redis, ProcessTable.Stop);
                break;
        }
    }

    /// <summary>Lets the old master come back, as one that knows nothing of the other.</summary>
    public static async Task EndAsync(this Inducement inducement, RedisGroup group, RedisHost oldMaster)
    {
        switch (inducement)
        {
            case Inducement.Killed:
                oldMaster.StartRedis();
                break;
            case Inducement.CutOff:
                await group.MendAsync(oldMaster);
                break;
            default:
                ProcessTable.Signal(oldMaster.Redis, ProcessTable.Continue);
                break;
        }
    }
}
