using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>One tunnel as it was asked for: by the command line, or by a line of a configuration file.</summary>
internal sealed record TunnelDefinition
{
    /// <summary>What it is called; null for the one tunnel of a command line.</summary>
    public string? Name { get; init; }

    /// <summary>Where it is written, <c>FILE:LINE</c>; null for a command line.</summary>
    public string? Place { get; init; }

    /// <summary>The words that define it, and the directory that their paths are relative to: with the same it is the same tunnel.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>What the tunnel does.</summary>
    public required TunnelOptions Options { get; init; }

    /// <summary>The keys' files and directories (<c>-k</c>); <c>-</c> for standard input.</summary>
    public required IReadOnlyList<string> KeyFiles { get; init; }

    /// <summary>How to log in to the targets that are checked; null for not at all.</summary>
    public RedisLogin? RedisLogin { get; init; }

    /// <summary>How to log in to the Sentinels; null for as to the targets.</summary>
    public RedisLogin? SentinelLogin { get; init; }

    /// <summary>Whether another says the same; what stands in the files that both name is not looked at.</summary>
    public bool IsSame(TunnelDefinition other) =>
        Name == other.Name && KeyFiles.SequenceEqual(other.KeyFiles)
        && (RedisLogin, SentinelLogin) == (other.RedisLogin, other.SentinelLogin) && Words.SequenceEqual(other.Words);

    /// <summary>An error about it, with where it is written.</summary>
    public string Blame(string error) => Place is null ? error : $"{Place}: {Excerpt.Of(error)}";
}
