using BenchmarkDotNet.Running;
using SpipedNet.Benchmarks;

var configuration = new BenchmarkConfiguration(isJobGiven: args.Any(argument => argument is "--job" or "-j"));
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfiguration).Assembly).Run(args, configuration);
