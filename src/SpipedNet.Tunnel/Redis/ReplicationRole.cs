namespace SpipedNet.Tunnel.Redis;

/// <summary>What a Redis server says about its part in a replication (<c>INFO</c>).</summary>
/// <param name="IsMaster">Whether it says <c>role:master</c>.</param>
/// <param name="Id">Its <c>master_replid</c>: the name of the history that it writes, or copies.</param>
/// <param name="PreviousId">Its <c>master_replid2</c>: the history that it copied before it was promoted; empty for none.</param>
/// <param name="RunId">Its <c>run_id</c>, the name of this process, if that was asked for; else empty.</param>
/// <param name="IsLinkUp">Whether it is a replica, and in touch with its master (<c>master_link_status</c>).</param>
internal sealed record ReplicationRole(bool IsMaster, string Id, string PreviousId, string RunId = "", bool IsLinkUp = false)
{
    /// <summary>Reads the lines of the answer.</summary>
    /// <returns>The role, or null when the lines do not tell it.</returns>
    public static ReplicationRole? Parse(string info)
    {
        string role = "", id = "", previousId = "", runId = "";
        bool isLinkUp = false;
        foreach (string line in info.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = colon < 0 ? "" : line[(colon + 1)..].TrimEnd('\r');
            switch (colon < 0 ? "" : line[..colon])
            {
                case "role":
                    role = value;
                    break;
                case "master_link_status":
                    isLinkUp = value == "up";
                    break;
                case "run_id":
                    runId = value;
                    break;
                case "master_replid":
                    id = value;
                    break;
                case "master_replid2":
                    previousId = value.All(digit => digit == '0') ? "" : value;
                    break;
            }
        }

        return role switch
        {
            "master" => new ReplicationRole(true, id, previousId, runId),
            "slave" => new ReplicationRole(false, id, previousId, runId, isLinkUp),
            _ => null,
        };
    }
}
