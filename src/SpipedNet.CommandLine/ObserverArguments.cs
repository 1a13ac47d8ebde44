using System.CommandLine;

namespace SpipedNet.CommandLine;

/// <summary>How others may see what the process does.</summary>
internal sealed record ObserverOptions
{
    /// <summary>Whether <c>spiped-net status</c> may ask it (off with <c>--no-control</c>).</summary>
    public bool IsControlled { get; init; } = true;
}

/// <summary>The options for it.</summary>
internal sealed class ObserverArguments
{
    private readonly Option<bool> _noControl = OptionValues.Flag("--no-control");

    public IEnumerable<Option> All => [_noControl];

    public ObserverOptions ToOptions(OptionReader reader) => new() { IsControlled = !reader.Has(_noControl) };
}
