using SpipedNet;
using SpipedNet.CommandLine;
using SpipedNet.Hosting;
using SpipedNet.Subcommands;

if (Subcommand.Find(args) is { } subcommand)
    return await subcommand(args[1..]);
if (!DaemonCommandLine.TryParse(args, out DaemonOptions? options, out CommandLineStop? stop))
    return stop.Print(ProgramText.Daemon, Console.Out, StandardDescriptor.ErrorText);

ReadyReport? report = options.IsForeground ? null : ReadyReport.ToParent();
bool isToDaemonize = !options.IsForeground && report is null;
return isToDaemonize ? BackgroundProcess.Start(options.KeyFile) : await Daemon.RunAsync(options, report);
