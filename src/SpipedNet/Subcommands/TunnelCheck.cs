using System.Diagnostics;
using System.Net.Sockets;
using SpipedNet.CommandLine;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary>Tries one connection as an application's through a tunnel would be, and tells of each step.</summary>
/// <param name="options">What to try.</param>
/// <param name="secret">The key.</param>
/// <param name="report">Hears of each step that is done: its name, the time it took, and what about it is worth knowing.</param>
internal sealed class TunnelCheck(CheckOptions options, SharedSecret secret, Action<string, TimeSpan, string> report)
{
    // A server ends its side when its client has, unless it is one that never does.
    private static readonly TimeSpan OrderlyEnd = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _shaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _stepStart = Stopwatch.GetTimestamp();

    /// <summary>Runs the steps up to the first that fails.</summary>
    /// <returns>Null when all is well, else one line that says what is not, and what to do.</returns>
    public async Task<string?> RunAsync(EventLoopGroup loops)
    {
        Task<(SenderPipe? Pipe, string? Error)> opening = SenderPipe.OpenAsync(options.Connection, secret, loops, OnProgress);
        // The system's own patience with its name servers may be longer than that of whoever asks for our health.
        if (await Task.WhenAny(opening, Task.Delay(options.Connection.Timeout)) != opening)
            return $"cannot look up {Target}: no answer within {Timeout} (-o); does a name server answer? see /etc/resolv.conf";
        (SenderPipe? pipe, string? error) = await opening;
        if (pipe is null)
            return error;
        using Socket plain = pipe.Plain;
        await Task.WhenAny(_shaken.Task, pipe.Completion);
        if (_shaken.Task.IsCompleted && options.IsRedis)
            error = await PingAsync(pipe);
        // What ended the connection explains also why there was no answer.
        return Explain(await EndAsync(pipe)) ?? (error is null ? null : $"target {Target}: {error}");
    }

    private TunnelAddress Target => options.Connection.Target;

    private string Timeout => $"{options.Connection.Timeout.TotalSeconds:0.###} s";

    private void OnProgress(SenderStep step, string address)
    {
        Report(step.ToString().ToLowerInvariant(), step == SenderStep.Handshake ? $"key {secret.Fingerprint}" : address);
        if (step == SenderStep.Handshake)
            _shaken.SetResult();
    }

    private async Task<string?> PingAsync(SenderPipe pipe)
    {
        using var deadline = new CancellationTokenSource(options.Connection.Timeout);
        string answer;
        try
        {
            answer = await RedisPing.AskAsync(pipe.Plain, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return $"no answer to a PING within {Timeout} (-o): "
                + "is a Redis behind the other end, and does it keep up? see the other end's target (-t) and its log";
        }

        if (answer.Length == 0)
            return "the connection ended without an answer to a PING; is a Redis behind the other end?";
        (string? detail, string? error) = RedisPing.Interpret(answer);
        if (detail is not null)
            Report("redis", detail);
        return error;
    }

    // Not just closed: what the other end has open for it would stay, where its target does not answer an end.
    private static async Task<ConnectionOutcome> EndAsync(SenderPipe pipe)
    {
        try
        {
            pipe.Plain.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has ended already.
        }

        await Task.WhenAny(pipe.Completion, Task.Delay(OrderlyEnd));
        pipe.Reset();
        return await pipe.Completion;
    }

    // How an established connection ends is its target's affair, unless there was no target.
    private string? Explain(ConnectionOutcome outcome) => outcome.End switch
    {
        ConnectionEnd.TargetFailed =>
            $"{outcome.Reason}; is a spiped -d listening there, and do the firewalls in between let this host through?",
        ConnectionEnd.HandshakeFailed => $"{outcome.Reason} (the key here is {secret.Fingerprint})",
        ConnectionEnd.RefusedByPeer or ConnectionEnd.Corrupt => $"target {Target}: {outcome.Reason}",
        _ => null,
    };

    private void Report(string step, string detail)
    {
        report(step, Stopwatch.GetElapsedTime(_stepStart), detail);
        _stepStart = Stopwatch.GetTimestamp();
    }
}
