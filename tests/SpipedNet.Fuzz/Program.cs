using System.Diagnostics;
using System.Globalization;
using SharpFuzz;
using SpipedNet.Fuzz;

// fuzz TARGET [--runs N] [--seed N]: tries N inputs made of the corpus' (a million unless given). fuzz TARGET --replay FILE:
// tries that one. Prints what was tried; an input that fails is written to a file, and the exit status is 1.
// fuzz TARGET --guided: tries what AFL++ makes, under tests/fuzz-guided.sh.
if (args.Length == 0 || FuzzTarget.Find(args[0]) is not { } target)
{
    Console.Error.WriteLine($"usage: fuzz TARGET [--runs N] [--seed N] | fuzz TARGET --replay FILE | fuzz TARGET --guided; targets: {string.Join(", ", FuzzTarget.Names)}");
    return 1;
}

string? Option(string name) => Array.IndexOf(args, name) is > 0 and int i && i + 1 < args.Length ? args[i + 1] : null;
if (Option("--replay") is { } path)
{
    target.Try(await File.ReadAllBytesAsync(path));
    Console.WriteLine($"{target.Name}: {path}: nothing is wrong");
    return 0;
}

if (args.Contains("--guided"))
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var input = new MemoryStream();
        stream.CopyTo(input);
        target.Try(input.ToArray());
    });
    return 0;
}

long runs = long.Parse(Option("--runs") ?? "1000000", CultureInfo.InvariantCulture);
int seed = int.Parse(Option("--seed") ?? $"{Environment.TickCount}", CultureInfo.InvariantCulture);
long begin = Stopwatch.GetTimestamp();
FuzzFailure? failure = FuzzRun.Run(target, runs, seed);
Console.WriteLine(
    $"{target.Name}: seed {seed}, {runs} inputs asked for, {target.Counts}, {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s");
if (failure is null)
    return 0;
await File.WriteAllBytesAsync($"{target.Name}-failure", failure.Input);
Console.Error.WriteLine($"{target.Name}: {failure.Exception}\nthe input is {target.Name}-failure; try it again with --replay");
return 1;
