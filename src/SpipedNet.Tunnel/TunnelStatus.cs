namespace SpipedNet.Tunnel;

/// <summary>What a tunnel is and has done, at one moment. Its JSON, in snake case, is documented in spiped-net(1).</summary>
internal sealed record TunnelStatus
{
    /// <summary>The tunnel's name; null for the only one of a process, which has none.</summary>
    public string? Name { get; init; }

    /// <summary><c>encrypt</c> or <c>decrypt</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Where it listens, as it was given.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it accepts connections: not while it drains, while the system has no descriptors for them, or while a UNIX socket has lost its file.</summary>
    public required bool IsListening { get; init; }

    /// <summary>Whether clients find its source; not when somebody has removed the file of a UNIX socket, while it does not listen for that.</summary>
    public bool IsSourceFound { get; init; } = true;

    /// <summary>Whether it was removed while the process runs, and only waits for its last connections' end.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>The ranges of addresses that may connect; none for anyone.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>In which version of the PROXY protocol the target hears of the client, <c>v1</c> or <c>v2</c>; null for none.</summary>
    public string? ProxyProtocol { get; init; }

    /// <summary>Where it connects.</summary>
    public required IReadOnlyList<TargetStatus> Targets { get; init; }

    /// <summary>Which of the checked targets is used, in words; null without checks.</summary>
    public string? Choice { get; init; }

    /// <summary>Whether a target is reached, by the checks or the last connection; null when nothing is known.</summary>
    public bool? IsTargetReached { get; init; }

    /// <summary>The keys that it takes, and took.</summary>
    public required IReadOnlyList<KeyStatus> Keys { get; init; }

    /// <summary>Since when it accepts connections, and all is counted; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Connections that are open, a receiver's once the client has proved its key.</summary>
    public required int ConnectionsOpen { get; init; }

    /// <summary>Connections besides these that were made before the tunnel was changed, or removed.</summary>
    public int ConnectionsDraining { get; init; }

    /// <summary>Connections whose client has not proved its key yet.</summary>
    public required int ConnectionsUnproven { get; init; }

    /// <summary>How many may be open; null for any number.</summary>
    public int? ConnectionsLimit { get; init; }

    /// <summary>Connections that were accepted so far.</summary>
    public required long ConnectionsTotal { get; init; }

    /// <summary>How many have ended or were refused, for each reason that there was (<see cref="EndReason"/>).</summary>
    public required IReadOnlyDictionary<string, long> ConnectionsEnded { get; init; }

    /// <summary>Payload from the plain side to the wire, of open connections, too.</summary>
    public required long BytesEncrypted { get; init; }

    /// <summary>Payload from the wire to the plain side.</summary>
    public required long BytesDecrypted { get; init; }

    /// <summary>When a handshake was last completed.</summary>
    public DateTimeOffset? LastHandshakeAt { get; init; }

    /// <summary>The last connection that failed.</summary>
    public ErrorStatus? LastError { get; init; }

    /// <summary>The same of a tunnel that takes no connections any more: those it has are draining.</summary>
    public TunnelStatus Former() => this with { ConnectionsOpen = 0, ConnectionsDraining = ConnectionsDraining + ConnectionsOpen };

    /// <summary>The same, with what another that had its place before has done, and what that still has.</summary>
    public TunnelStatus Plus(TunnelStatus former) => this with
    {
        Keys = Add(Keys, former.Keys),
        StartedAt = former.StartedAt < StartedAt ? former.StartedAt : StartedAt ?? former.StartedAt,
        ConnectionsDraining = ConnectionsDraining + former.ConnectionsDraining,
        ConnectionsUnproven = ConnectionsUnproven + former.ConnectionsUnproven,
        ConnectionsTotal = ConnectionsTotal + former.ConnectionsTotal,
        ConnectionsEnded = ConnectionsEnded.Concat(former.ConnectionsEnded)
            .GroupBy(ended => ended.Key).ToDictionary(same => same.Key, same => same.Sum(ended => ended.Value)),
        BytesEncrypted = BytesEncrypted + former.BytesEncrypted,
        BytesDecrypted = BytesDecrypted + former.BytesDecrypted,
        LastHandshakeAt = former.LastHandshakeAt > LastHandshakeAt ? former.LastHandshakeAt : LastHandshakeAt ?? former.LastHandshakeAt,
        LastError = former.LastError?.At > LastError?.At ? former.LastError : LastError ?? former.LastError,
    };

    /// <summary>The same, as the tunnel that has its name now has keys: of those that it lacks, the ones with a connection show, as revoked.</summary>
    public TunnelStatus WithKeysOf(TunnelStatus now)
    {
        HashSet<string> known = [.. now.Keys.Where(key => !key.IsRevoked).Select(key => key.Fingerprint)];
        return this with
        {
            Keys =
            [
                .. Keys.Where(key => known.Contains(key.Fingerprint)),
                .. Keys.Where(key => key.ConnectionsOpen > 0 && !known.Contains(key.Fingerprint)).Select(key => key with { IsRevoked = true }),
            ],
        };
    }

    // Told apart by what they are, whatever they are called. There may be a thousand of either.
    private static IReadOnlyList<KeyStatus> Add(IReadOnlyList<KeyStatus> now, IReadOnlyList<KeyStatus> former)
    {
        ILookup<string, KeyStatus> before = former.ToLookup(key => key.Fingerprint);
        HashSet<string> known = [.. now.Select(key => key.Fingerprint)];
        return
        [
            .. now.Select(key => before[key.Fingerprint].Aggregate(key, (sum, same) => sum.Plus(same))),
            .. former.Where(key => !known.Contains(key.Fingerprint)),
        ];
    }
}

/// <summary>A target, and the addresses that connections to it try.</summary>
internal sealed record TargetStatus(string Address, IReadOnlyList<string> Resolved);

/// <summary>
/// A key: its name, if it has one, and its fingerprint; the connections that are made with it, open and in all. Those that
/// were revoked are among a tunnel's; of them only those with a connection are shown (<see cref="TunnelStatus.WithKeysOf"/>).
/// </summary>
internal sealed record KeyStatus(string? Name, string Fingerprint, int ConnectionsOpen, long ConnectionsTotal, bool IsRevoked = false)
{
    /// <summary>The same, with the connections that another tunnel has or had with it.</summary>
    public KeyStatus Plus(KeyStatus other) => this with
    {
        ConnectionsOpen = ConnectionsOpen + other.ConnectionsOpen,
        ConnectionsTotal = ConnectionsTotal + other.ConnectionsTotal,
    };
}

/// <summary>Something that failed.</summary>
internal sealed record ErrorStatus(DateTimeOffset At, string Text);

/// <summary>Payload that was carried each way.</summary>
internal readonly record struct Payload(long Encrypted, long Decrypted)
{
    public static Payload operator +(Payload left, Payload right) =>
        new(left.Encrypted + right.Encrypted, left.Decrypted + right.Decrypted);
}
