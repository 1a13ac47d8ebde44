using BenchmarkDotNet.Running;
using SpipedNet.Benchmarks;
using SpipedNet.Benchmarks.Timing;
using SpipedNet.Protocol;

// timing: whether the time of what takes a secret tells anything of it; exit status 1 when it does. Else BenchmarkDotNet's.
if (args is ["timing"])
{
    bool isControlFound = TimingTest.Run(new EarlyExit());
    Exponentiation.Power generator = (_, x, result) => DiffieHellmanGroup14.RaiseGenerator(x, result);
    TimingSubject[] subjects =
    [
        new MacComparison(),
        new ValueMacComparison(),
        new TableLookUp(),
        new Exponentiation("a power of 2, exponent 00… or random", 0x00, generator),
        new Exponentiation("a power of 2, exponent ff… or random", 0xff, generator),
        new Exponentiation("a power of any element, exponent 00… or random", 0x00, DiffieHellmanGroup14.Raise),
        new Exponentiation("a power of any element, exponent ff… or random", 0xff, DiffieHellmanGroup14.Raise),
        new Exponentiation("libcrypto's power, exponent 00… or random", 0x00, DiffieHellmanGroup14.RaiseByLibCrypto),
    ];
    return subjects.Where(TimingTest.Run).ToList() is [] && isControlFound ? 0 : 1;
}

var configuration = new BenchmarkConfiguration(isJobGiven: args.Any(argument => argument is "--job" or "-j"));
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfiguration).Assembly).Run(args, configuration);
return 0;
