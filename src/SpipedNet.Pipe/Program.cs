using SpipedNet.CommandLine;
using SpipedNet.Pipe;
using SpipedNet.Tunnel;

if (!PipeCommandLine.TryParse(args, out PipeOptions? options, out CommandLineStop? stop))
    return stop.Print(ProgramText.Pipe, Console.Out, Console.Error);
if (!KeyFile.TryRead(options.KeyFile, out KeyFile? key, out string? error))
    return Fail(error);
foreach (string warning in key.Warnings)
    Console.Error.WriteLine($"{ProgramText.Pipe.Name}: warning: {warning}");

using SpipedNet.Protocol.SharedSecret secret = key.Secret;
using var loops = new EventLoopGroup(1);
(SenderPipe? pipe, error) = await SenderPipe.OpenAsync(options.Connection, secret, loops);
if (pipe is not null)
    error = await StandardStreams.RunAsync(pipe);
return error is null ? 0 : Fail(error);

static int Fail(string error)
{
    Console.Error.WriteLine($"{ProgramText.Pipe.Name}: {error}");
    return 1;
}
