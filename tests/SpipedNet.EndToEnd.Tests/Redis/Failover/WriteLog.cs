namespace SpipedNet.EndToEnd.Tests.Redis.Failover;

/// <summary>A write that was tried.</summary>
/// <param name="Key">Its key, which no other write has.</param>
/// <param name="Begin">When it was begun.</param>
/// <param name="End">When its answer came, or it was given up.</param>
/// <param name="IsAnswered">Whether SET was answered with OK.</param>
/// <param name="IsAcknowledged">Whether WAIT said on the same connection that a replica has it, too.</param>
internal sealed record Write(string Key, DateTime Begin, DateTime End, bool IsAnswered, bool IsAcknowledged);

/// <summary>What a writer has tried so far.</summary>
internal sealed class WriteLog(string writer)
{
    private readonly List<Write> _writes = [];

    public string Writer { get; } = writer;

    public IReadOnlyList<Write> All
    {
        get
        {
            lock (_writes)
                return [.. _writes];
        }
    }

    public void Add(Write write)
    {
        lock (_writes)
            _writes.Add(write);
    }

    /// <summary>Whether a write that was begun after a time was acknowledged.</summary>
    public bool GoesOnAfter(DateTime time) => All.Any(write => write.IsAcknowledged && write.Begin > time);

    /// <summary>The longest time without an acknowledged write that ends after a time.</summary>
    public (DateTime Begin, DateTime End) LongestGap(DateTime after)
    {
        DateTime[] ends = [.. All.Where(write => write.IsAcknowledged).Select(write => write.End)];
        return ends.Zip(ends.Skip(1)).Where(pair => pair.Second > after).MaxBy(pair => pair.Second - pair.First);
    }
}
