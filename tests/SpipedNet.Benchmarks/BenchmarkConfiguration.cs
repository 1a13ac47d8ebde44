using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace SpipedNet.Benchmarks;

/// <summary>What all benchmarks share: the runtime's settings, the columns, the time they take, where results go.</summary>
internal sealed class BenchmarkConfiguration : ManualConfig
{
    /// <param name="isJobGiven">The command line names a job, which then replaces ours.</param>
    public BenchmarkConfiguration(bool isJobGiven)
    {
        Add(DefaultConfig.Instance);
        ArtifactsPath = Path.Combine(Environment.CurrentDirectory, "artifacts", "benchmarks");
        AddColumn(new ThroughputColumn());
        AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)));
        AddFilter(new SimpleFilter(NeedsAttribute.AreMet));
        AddJob(AsTheProgramsRun.AsMutator());
        if (!isJobGiven)
            AddJob(Brief.AsDefault());
    }

    // By the environment: of the project's properties only some reach the process that measures.
    private static Job AsTheProgramsRun =>
        new Job().WithEnvironmentVariable("DOTNET_TieredCompilation", "0").WithGcConcurrent(false);

    // The whole suite within some minutes.
    private static Job Brief =>
        new Job("Brief").WithWarmupCount(3).WithIterationCount(10).WithIterationTime(200 * TimeInterval.Millisecond);
}
