using System.Reflection;
using BenchmarkDotNet.Running;

namespace SpipedNet.Benchmarks;

/// <summary>Leaves a benchmark out where what it measures is absent, and would fail or be emulated.</summary>
/// <param name="capability">A class whose static IsSupported tells: an instruction set's, or one of ours.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsAttribute(Type capability) : Attribute
{
    private bool IsMet => (bool)capability.GetProperty("IsSupported")!.GetValue(null)!;

    /// <summary>Whether the benchmark has all that it needs here.</summary>
    public static bool AreMet(BenchmarkCase benchmark) =>
        benchmark.Descriptor.WorkloadMethod.GetCustomAttributes<NeedsAttribute>().All(need => need.IsMet);
}
