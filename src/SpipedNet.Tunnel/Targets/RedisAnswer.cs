using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnel.Targets;

/// <summary>What a Redis server's answer means for who wants to use it.</summary>
internal static class RedisAnswer
{
    private const int LongestShown = 80;

    /// <summary>The answer to AUTH. A server without a password says so, and is none the worse.</summary>
    public static TargetState ToAuth(RedisReply reply) =>
        reply.Kind == RedisReplyKind.SimpleString || reply.Text.Contains("without any password configured", StringComparison.Ordinal)
            ? TargetState.Up
            : Unexpected(reply);

    /// <summary>The answer to PING. A server that asks for a password has answered.</summary>
    public static TargetState ToPing(RedisReply reply) =>
        reply.Kind == RedisReplyKind.SimpleString || IsAskingForPassword(reply) ? TargetState.Up : Unexpected(reply);

    /// <summary>The answer to INFO replication.</summary>
    public static TargetState ToReplication(RedisReply reply) =>
        reply.Kind != RedisReplyKind.BulkString ? Unexpected(reply)
        : ReplicationRole.Parse(reply.Text) is { } role ? new TargetState(Failure: null, role)
        : new TargetState("it does not say what its role is");

    /// <summary>The answer of a Sentinel to SENTINEL MASTER: names and values in turn.</summary>
    public static TargetState ToSentinelMaster(RedisReply reply)
    {
        if (reply.Kind != RedisReplyKind.Array)
            return Unexpected(reply, "--sentinel-password-file");
        int name = reply.Items.Select(item => item.Text).ToList().IndexOf("runid");
        string runId = name >= 0 && name + 1 < reply.Items.Count ? reply.Items[name + 1].Text : "";
        // Just after a failover it has not talked with the new master yet.
        return runId.Length == 0
            ? new TargetState("it does not know the master yet")
            : new TargetState(Failure: null, MasterRunId: runId);
    }

    private static TargetState Unexpected(RedisReply reply, string passwordOption = "--redis-password-file")
    {
        if (reply.Kind != RedisReplyKind.Error)
            return new TargetState("it answers something else than was asked for, so it is not what was expected");
        string shown = new([.. reply.Text.Take(LongestShown).Select(c => char.IsControl(c) ? '?' : c)]);
        return new TargetState($"it answers \"{shown}\"{(IsAskingForPassword(reply) ? $" (see {passwordOption})" : "")}");
    }

    private static bool IsAskingForPassword(RedisReply reply) =>
        reply.Kind == RedisReplyKind.Error && (reply.Text.StartsWith("NOAUTH ", StringComparison.Ordinal) || reply.Text.StartsWith("NOPERM ", StringComparison.Ordinal));
}
