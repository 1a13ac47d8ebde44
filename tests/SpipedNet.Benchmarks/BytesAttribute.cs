using BenchmarkDotNet.Running;

namespace SpipedNet.Benchmarks;

/// <summary>How many bytes an operation of the benchmark processes, for <see cref="ThroughputColumn"/>.</summary>
/// <param name="count">Payload bytes, on all rungs, so that they compare with each other.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BytesAttribute(long count) : Attribute
{
    /// <summary>The parameter, if any, that the count is to be multiplied by.</summary>
    public string? Times { get; init; }

    /// <summary>The bytes of one operation with the parameters of this case.</summary>
    public long PerOperation(BenchmarkCase benchmark) =>
        Times is null ? count : count * (int)benchmark.Parameters[Times];
}
