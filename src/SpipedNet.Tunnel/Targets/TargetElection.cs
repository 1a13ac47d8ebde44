namespace SpipedNet.Tunnel.Targets;

/// <summary>Which target new connections go to, from what each has said of itself. Knows no time and no network.</summary>
/// <param name="isMasterAsked">Whether it has to be the master of a replication; else the first that answers is as good.</param>
/// <param name="count">How many targets there are.</param>
/// <param name="areSentinelsAsked">Whether the master also has to be the one that most of the Sentinels name.</param>
internal sealed class TargetElection(bool isMasterAsked, int count, bool areSentinelsAsked = false)
{
    private const int None = -1;

    private readonly TargetState[] _states = [.. Enumerable.Repeat(TargetState.Unknown, count)];

    // The histories that a target has written since it was last a replica: it may have been started again meanwhile.
    private readonly HashSet<string>[] _histories = [.. Enumerable.Range(0, count).Select(_ => new HashSet<string>())];

    // Who was promoted in a target's place; None while nobody was.
    private readonly int[] _successors = [.. Enumerable.Repeat(None, count)];

    /// <summary>The target's index, or null for none.</summary>
    public int? Chosen => _chosen == None ? null : _chosen;

    private int _chosen = None;
    private string? _namedRunId;

    /// <summary>What is known of the targets, in their order.</summary>
    public IReadOnlyList<TargetState> States => _states;

    /// <summary>
    /// Whether a target has been master, and another was promoted in its place. That its claim is older is certain: the
    /// other says whose history it copied before its promotion (<c>master_replid2</c>), and Redis makes a new name for a
    /// history when it promotes.
    /// </summary>
    public bool IsDeposed(int index) => _successors[index] != None;

    /// <summary>Takes in what a target has said.</summary>
    public void Update(int index, TargetState state)
    {
        _states[index] = state;
        if (state.IsReplica || IsPromotion(index))
        {
            _histories[index].Clear();
            _successors[index] = None;
        }

        if (state.IsMaster)
            _histories[index].Add(state.Role!.Id);
        for (int i = 0; i < count; i++)
            _successors[i] = FindSuccessor(i) ?? (IsFollowedBySuccessor(i) ? None : _successors[i]);
        Elect();
    }

    /// <summary>Takes in whom most of the Sentinels name: a server's run id, or null while there is no majority.</summary>
    public void Update(string? namedRunId)
    {
        _namedRunId = namedRunId;
        Elect();
    }

    /// <summary>
    /// Whether connections to a target must not go on: it has said that it is no master, or another is in its place. One
    /// that just does not answer may come back.
    /// </summary>
    public bool MustLeave(int index) =>
        isMasterAsked
        && (_states[index].IsReplica || IsDeposed(index) || IsNotNamed(index) || (_chosen != None && _chosen != index));

    private void Elect() => _chosen = isMasterAsked ? ElectMaster() : FirstThatAnswers();

    // On the smaller side of a cut network the old master goes on saying that it is one, and there is no majority.
    private bool IsNotNamed(int index) =>
        areSentinelsAsked && _states[index].IsMaster && _states[index].Role!.RunId != _namedRunId;

    // One that says for the first time that it was promoted in another's place has been that one's replica in between,
    // though it was not asked just then.
    private bool IsPromotion(int index) => _states[index] is { IsMaster: true, Role: { } role }
        && !_histories[index].Contains(role.Id)
        && Enumerable.Range(0, count).Any(other => other != index && _histories[other].Contains(role.PreviousId));

    private int? FindSuccessor(int index) => Enumerable.Range(0, count).Where(other => other != index
        && _states[other].IsMaster && _histories[index].Contains(_states[other].Role!.PreviousId)).Cast<int?>().FirstOrDefault();

    // Who was promoted by mistake and made a replica again, of the very one that it had succeeded, has given the place back.
    // Another's word would not do: a replica that has not heard of the promotion copies the deposed one still. Nor would its
    // own before it is in touch with its master: one that was started again may have the name of that history from its file.
    private bool IsFollowedBySuccessor(int index) => _successors[index] is not None and var successor
        && _states[index].IsMaster && _states[successor].Role is { IsLinkUp: true } role && role.Id == _states[index].Role!.Id;

    private int FirstThatAnswers() => Array.FindIndex(_states, state => state.IsUp);

    // Before all have answered, or failed to, the first that claims it may be one that was deposed. What the Sentinels name
    // needs no other's word.
    private bool IsTooEarly => _chosen == None && !areSentinelsAsked && _states.Contains(TargetState.Unknown);

    // Of two that claim it and of which neither succeeds the other, nobody knows which one is right: who is used already
    // stays, and otherwise none is, for what the wrong one is told gets lost.
    private int ElectMaster()
    {
        if (IsTooEarly)
            return None;
        int[] claimants = [.. Enumerable.Range(0, count).Where(i => _states[i].IsMaster && !IsDeposed(i) && !IsNotNamed(i))];
        return claimants.Length == 1 ? claimants[0] : claimants.Contains(_chosen) ? _chosen : None;
    }
}
