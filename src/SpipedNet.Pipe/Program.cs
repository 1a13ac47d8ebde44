using SpipedNet.CommandLine;
using SpipedNet.Pipe;
using SpipedNet.Tunnel;

if (!PipeCommandLine.TryParse(args, out PipeOptions? options, out CommandLineStop? stop))
    return stop.Print(ProgramText.Pipe, Console.Out, StandardDescriptor.ErrorText);
if (!ProgramKey.TryRead(ProgramText.Pipe, options.KeyFile, out KeyFile? key, out string? error))
    return Fail(error);
foreach (string warning in key.Warnings)
    StandardDescriptor.Say(ProgramText.Pipe, $"warning: {warning}");

using SpipedNet.Protocol.SharedSecret secret = key.Secret;
using var loops = new EventLoopGroup(1);
(SenderPipe? pipe, error) = await SenderPipe.OpenAsync(options.Connection, secret, loops);
StreamFailure? failure = pipe is null ? new StreamFailure(error) : await StandardStreams.RunAsync(pipe);
return failure is null ? 0 : Fail(failure.Line);

static int Fail(string? line)
{
    if (line is not null)
        StandardDescriptor.Say(ProgramText.Pipe, line);
    return 1;
}
