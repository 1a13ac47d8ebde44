using System.Net;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnel.Targets;

/// <summary>What a check has found out about a target.</summary>
/// <param name="Failure">Why it cannot be used; null when it has answered as it should.</param>
/// <param name="Role">What it says about its part in a replication, if it was asked.</param>
/// <param name="MasterRunId">The run id of the server that it takes for the master, if it is a Sentinel.</param>
/// <param name="EndPoint">The one of its addresses that has answered so; null where it was not reached.</param>
internal sealed record TargetState(string? Failure, ReplicationRole? Role = null, string? MasterRunId = null, EndPoint? EndPoint = null)
{
    /// <summary>No check has been completed.</summary>
    public static readonly TargetState Unknown = new("it was not asked yet");

    public static readonly TargetState Up = new(Failure: null);

    /// <summary>Whether it has answered as it should.</summary>
    public bool IsUp => Failure is null;

    /// <summary>Whether it has said that it is a replica.</summary>
    public bool IsReplica => Role is { IsMaster: false };

    /// <summary>Whether it has said that it is the master.</summary>
    public bool IsMaster => Role is { IsMaster: true };

    /// <summary>In words, for a line that tells of all targets.</summary>
    public string Description => Failure ?? (IsReplica ? "it is a replica" : IsMaster ? "it says that it is the master" : "it answers");
}
