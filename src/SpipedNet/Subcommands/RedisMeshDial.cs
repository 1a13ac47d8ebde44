using System.Diagnostics;
using System.Net.Sockets;
using SpipedNet.CommandLine;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Subcommands;

/// <summary>What a dial has found: in the one case what answered, in the other what is wrong, and what to do.</summary>
/// <param name="Time">How long the answer took.</param>
/// <param name="Detail">What answered.</param>
/// <param name="Error">What is wrong.</param>
/// <param name="RunId">By what the process that answered can be told from others; null when it does not say.</param>
internal readonly record struct RedisMeshAnswer(TimeSpan Time, string? Detail, string? Error, string? RunId = null);

/// <summary>One connection as Redis, Sentinel or a client of theirs would make it, to the service and back.</summary>
internal static class RedisMeshDial
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Dials.</summary>
    /// <param name="tunnel">Where.</param>
    /// <param name="self">The node that this host is, which has no tunnel to itself.</param>
    public static async Task<RedisMeshAnswer> RunAsync(RedisMeshTunnel tunnel, RedisMeshNode? self)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var deadline = new CancellationTokenSource(Timeout);
        long start = Stopwatch.GetTimestamp();
        (string? detail, string? error) = await TryAsync(tunnel, socket, isHere: tunnel.Node == self, deadline.Token);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        if (error is not null || tunnel.Service == RedisMeshService.Bus)
            return new RedisMeshAnswer(time, detail, error);
        string? runId = await AskRunIdAsync(socket, deadline.Token);
        return new RedisMeshAnswer(time, runId is null ? $"{detail}; which node it is was not checked" : detail, error, runId);
    }

    private static async Task<(string? Detail, string? Error)> TryAsync(
        RedisMeshTunnel tunnel, Socket socket, bool isHere, CancellationToken cancellation)
    {
        try
        {
            await socket.ConnectAsync(tunnel.Mesh, cancellation);
            return (tunnel.Service == RedisMeshService.Bus
                ? await EndAsync(socket, cancellation)
                : await PingAsync(socket, cancellation)) ?? (null, Ended(tunnel, isHere));
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return (null, isHere
                ? $"connection refused; does it run, and with the settings of redis-mesh? see {ServiceLog(tunnel)}"
                : $"connection refused; does the tunnel run? see systemctl status {tunnel.Unit(null)}");
        }
        catch (SocketException)
        {
            // A tunnel whose other end fails resets, now and then before the connect has returned.
            return (null, Ended(tunnel, isHere));
        }
        catch (OperationCanceledException)
        {
            return (null, $"no answer within {Timeout.TotalSeconds} s; {Advice(tunnel, isHere)}");
        }
    }

    private static async Task<(string? Detail, string? Error)?> PingAsync(Socket socket, CancellationToken cancellation) =>
        await RedisPing.AskAsync(socket, cancellation) is { Length: > 0 } answer ? RedisPing.Interpret(answer) : null;

    // Who has answered a PING and does not answer this, for want of a password or whatever else, is not known, and no worse.
    private static async Task<string?> AskRunIdAsync(Socket socket, CancellationToken cancellation)
    {
        const string name = "run_id:";
        try
        {
            RedisReply? reply = await new RedisConversation(socket).AskAsync(RedisConversation.Command("INFO", "server"), cancellation);
            return reply?.Text.Split('\r', '\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
        }
        catch (Exception failure) when (failure is SocketException or FormatException or OperationCanceledException)
        {
            return null;
        }
    }

    // The bus answers only what is Redis's own. But it ends its side in order when we end ours, where a tunnel without
    // somebody at its end resets.
    private static async Task<(string? Detail, string? Error)?> EndAsync(Socket socket, CancellationToken cancellation)
    {
        socket.Shutdown(SocketShutdown.Send);
        return await socket.ReceiveAsync(new byte[1], cancellation) == 0
            ? ("it takes connections", null)
            : (null, "what listens there is no cluster's bus");
    }

    private static string Ended(RedisMeshTunnel tunnel, bool isHere) =>
        $"the connection ended without an answer; {Advice(tunnel, isHere)}";

    private static string Advice(RedisMeshTunnel tunnel, bool isHere) => isHere
        ? $"see {ServiceLog(tunnel)}"
        : $"see journalctl -u {tunnel.Unit(null)} here, and on {tunnel.Node.Name} journalctl -u {tunnel.Unit(tunnel.Node)} and {ServiceLog(tunnel)}";

    private static string ServiceLog(RedisMeshTunnel tunnel) =>
        tunnel.Service == RedisMeshService.Sentinel ? "systemctl status redis-sentinel" : "systemctl status redis-server";
}
