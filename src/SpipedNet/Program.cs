using SpipedNet;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Subcommands;
using SpipedNet.Tunnel;
using SpipedNet.Tunnels;

// First of all: with too few, nothing more of the program's own code can be loaded.
if (DescriptorLimit.Check() is { } tooFew)
{
    StandardDescriptor.Say(ProgramText.Daemon, tooFew);
    return 1;
}

if (Subcommand.Find(args) is { } subcommand)
    return await subcommand(args[1..]);
if (!DaemonCommandLine.TryParse(args, out DaemonOptions? options, out CommandLineStop? stop))
    return stop.Print(ProgramText.Daemon, Console.Out, StandardDescriptor.ErrorText);

if (options.IsTest)
    return ConfigurationTest.Run(options);

ReadyReport? report = options.IsForeground ? null : ReadyReport.ToParent();
bool isToDaemonize = !options.IsForeground && report is null;
return isToDaemonize ? BackgroundProcess.Start(options.Tunnel?.KeyFiles[0] ?? "") : await Daemon.RunAsync(options, report);
