namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>
/// Tests that run beside no others: Sentinels judge by the clock, and starved ones fail over twice, or take a promotion back,
/// and with it what was written meanwhile.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
