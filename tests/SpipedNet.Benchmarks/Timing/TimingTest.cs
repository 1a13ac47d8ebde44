using System.Diagnostics;

namespace SpipedNet.Benchmarks.Timing;

/// <summary>
/// dudect's test (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017): two classes of inputs in random
/// order, and whether the means of their times differ by more than chance has it (Welch's t).
/// </summary>
internal static class TimingTest
{
    // dudect's: below the first there is no evidence, above the second there is proof.
    private const double Suspicious = 4.5, Leaks = 10;

    // Slow samples are the machine's doing; where they begin nobody knows, so several limits are tried, as dudect does.
    private static readonly double[] Kept = [1, 0.99, 0.95, 0.9, 0.75, 0.5];

    private const int WarmUp = 1000;

    /// <summary>Tries one subject and prints a line.</summary>
    /// <returns>Whether its time tells the classes apart.</returns>
    public static bool Run(TimingSubject subject)
    {
        List<double>[] times = Measure(subject);
        double[] all = [.. times.SelectMany(time => time).Order()];
        double worst = Kept.Select(kept => all[(int)((all.Length - 1) * kept)])
            .Max(limit => Math.Abs(WelchT(Below(times[0], limit), Below(times[1], limit))));
        string verdict = worst > Leaks ? "LEAKS" : worst > Suspicious ? "suspicious, try again" : "no evidence of a leak";
        Console.WriteLine($"{subject.Name,-48} {subject.Samples,8} samples, median {all[all.Length / 2],9:0} ns, |t| {worst,7:0.00}: {verdict}");
        return worst > Leaks;
    }

    private static List<double>[] Measure(TimingSubject subject)
    {
        var random = new Random(1);
        List<double>[] times = [[], []];
        for (int i = -WarmUp; i < subject.Samples; i++)
        {
            bool isFixed = random.Next(2) == 0;
            subject.Prepare(isFixed, random);
            long begin = Stopwatch.GetTimestamp();
            subject.Run();
            double time = (Stopwatch.GetTimestamp() - begin) * (1e9 / Stopwatch.Frequency);
            if (i >= 0)
                times[isFixed ? 0 : 1].Add(time);
        }

        return times;
    }

    private static double[] Below(List<double> times, double limit) => [.. times.Where(time => time <= limit)];

    private static double WelchT(double[] a, double[] b)
    {
        if (a.Length < 2 || b.Length < 2)
            return 0;
        double meanA = a.Average(), meanB = b.Average();
        double varianceA = a.Sum(time => (time - meanA) * (time - meanA)) / (a.Length - 1);
        double varianceB = b.Sum(time => (time - meanB) * (time - meanB)) / (b.Length - 1);
        double error = Math.Sqrt((varianceA / a.Length) + (varianceB / b.Length));
        return error == 0 ? 0 : (meanA - meanB) / error;
    }
}
