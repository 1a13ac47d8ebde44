namespace SpipedNet.Protocol;

/// <summary>How opening a batch of packets ended.</summary>
public enum OpenStatus
{
    /// <summary>All packets were good.</summary>
    Opened,

    /// <summary>A packet was changed, repeated, dropped or out of order.</summary>
    BadMac,

    /// <summary>An authentic packet claims 0 or more than 1024 bytes.</summary>
    BadLength,
}

/// <summary>What opening a batch of packets gave.</summary>
/// <param name="Status">Whether all was good, else what was wrong with the first bad packet.</param>
/// <param name="Length">Payload bytes of the good packets before it.</param>
public readonly record struct OpenResult(OpenStatus Status, int Length);
