using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace SpipedNet.Benchmarks;

/// <summary>Payload in MB (10^6 bytes) a second; a table whose benchmarks process no bytes has no such column.</summary>
internal sealed class ThroughputColumn : IColumn
{
    public string Id => nameof(ThroughputColumn);

    public string ColumnName => "MB/s";

    public string Legend => "Payload in 10^6 bytes a second, from the mean";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => int.MaxValue;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(benchmark => Bytes(benchmark) is not null);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        const double nanosecondsASecond = 1e9, bytesAMegabyte = 1e6;
        double? nanoseconds = summary[benchmarkCase]?.ResultStatistics?.Mean;
        double? bytes = Bytes(benchmarkCase)?.PerOperation(benchmarkCase);
        double? rate = bytes / bytesAMegabyte / (nanoseconds / nanosecondsASecond);
        return rate?.ToString("N0", style.CultureInfo ?? CultureInfo.InvariantCulture) ?? "-";
    }

    private static BytesAttribute? Bytes(BenchmarkCase benchmark) =>
        benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<BytesAttribute>();
}
