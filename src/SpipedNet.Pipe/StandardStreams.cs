using System.Net.Sockets;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel;

namespace SpipedNet.Pipe;

/// <summary>
/// Joins standard input and output with the plain end of a pipe. Two threads block on the standard streams, which may be
/// files, terminals or pipes; the process ends when the connection has, even while standard input stays open.
/// </summary>
internal static class StandardStreams
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Runs until the connection has ended and its last byte is on standard output.</summary>
    /// <returns>Null after an orderly end, else what failed.</returns>
    public static async Task<StreamFailure?> RunAsync(SenderPipe pipe)
    {
        Task<StreamFailure?> input = RunOnThread("stdin", () => CopyInput(pipe.Plain));
        Task<StreamFailure?> output = RunOnThread("stdout", () => CopyOutput(pipe.Plain));
        return await await Task.WhenAny(FailureOf(input), FailureOf(output), EndOf(pipe.Completion, output));
    }

    private static async Task<StreamFailure?> EndOf(Task<ConnectionOutcome> completion, Task<StreamFailure?> output)
    {
        ConnectionOutcome outcome = await completion;
        StreamFailure? outputFailure = await output;
        return outcome.End == ConnectionEnd.Closed ? outputFailure : new StreamFailure(outcome.Reason);
    }

    // An end of standard input alone ends nothing: the peer may still have much to say.
    private static async Task<StreamFailure?> FailureOf(Task<StreamFailure?> stream) =>
        await stream ?? await new TaskCompletionSource<StreamFailure?>().Task;

    private static StreamFailure? CopyInput(Socket plain)
    {
        var input = new Descriptor(StandardDescriptor.Input);
        byte[] buffer = new byte[BufferSize];
        try
        {
            int count;
            while ((count = input.Read(buffer)) > 0)
                SendAll(plain, buffer.AsSpan(0, count));
            plain.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The connection has ended; its outcome says why.
        }
        catch (IOException failure)
        {
            return new StreamFailure($"cannot read standard input: {failure.Message}");
        }

        return null;
    }

    private static StreamFailure? CopyOutput(Socket plain)
    {
        var output = new Descriptor(StandardDescriptor.Output);
        byte[] buffer = new byte[BufferSize];
        try
        {
            int count;
            while ((count = plain.Receive(buffer)) > 0)
            {
                if (!output.TryWrite(buffer.AsSpan(0, count)))
                    return new StreamFailure(Line: null);
            }
        }
        catch (SocketException)
        {
            // As above; what had arrived before was received first.
        }
        catch (IOException failure)
        {
            return new StreamFailure($"cannot write standard output: {failure.Message}");
        }

        // So that who reads our output sees its end while the other direction lives on.
        output.End();

        return null;
    }

    private static void SendAll(Socket plain, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
            data = data[plain.Send(data)..];
    }

    private static Task<StreamFailure?> RunOnThread(string name, Func<StreamFailure?> copy)
    {
        var result = new TaskCompletionSource<StreamFailure?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => result.SetResult(copy())) { Name = name, IsBackground = true }.Start();
        return result.Task;
    }
}
