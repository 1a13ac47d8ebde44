using System.Diagnostics;
using System.Net.Sockets;
using SpipedNet.CommandLine;

namespace SpipedNet.Subcommands;

/// <summary>What a dial has found: in the one case what answered, in the other what is wrong, and what to do.</summary>
internal readonly record struct RedisMeshAnswer(TimeSpan Time, string? Detail, string? Error);

/// <summary>One connection as Redis, Sentinel or a client of theirs would make it, to the service and back.</summary>
internal static class RedisMeshDial
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Dials.</summary>
    /// <param name="tunnel">Where.</param>
    /// <param name="self">The node that this host is, which has no tunnel to itself.</param>
    public static async Task<RedisMeshAnswer> RunAsync(RedisMeshTunnel tunnel, RedisMeshNode? self)
    {
        long start = Stopwatch.GetTimestamp();
        (string? detail, string? error) = await TryAsync(tunnel, isHere: tunnel.Node == self);
        return new RedisMeshAnswer(Stopwatch.GetElapsedTime(start), detail, error);
    }

    private static async Task<(string? Detail, string? Error)> TryAsync(RedisMeshTunnel tunnel, bool isHere)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var deadline = new CancellationTokenSource(Timeout);
        try
        {
            await socket.ConnectAsync(tunnel.Mesh, deadline.Token);
            return (tunnel.Service == RedisMeshService.Bus
                ? await EndAsync(socket, deadline.Token)
                : await PingAsync(socket, deadline.Token)) ?? (null, Ended(tunnel, isHere));
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
