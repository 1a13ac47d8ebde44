using System.Diagnostics.CodeAnalysis;
using System.Net;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>A connected socket and where it leads, or why there is none.</summary>
/// <param name="Socket">The socket, in the scope of who asked for it.</param>
/// <param name="Error">The address and the reason.</param>
/// <param name="Target">Where the socket leads.</param>
/// <param name="Kind">The kind of reason.</param>
internal readonly record struct ConnectResult(StreamSocket? Socket, string? Error, EndPoint? Target = null, SpipedError Kind = SpipedError.Unreachable);

/// <summary>Connects to the first of several addresses that answers.</summary>
internal static class TargetConnector
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Tries the addresses in turn. The timeout covers all of them; each gets an equal part of what is left, so that
    /// one that never answers leaves time for the next.
    /// </summary>
    /// <param name="scope">Owns the sockets that are tried, and the one that is returned.</param>
    /// <param name="loop">The loop that the socket will live on; the caller runs on it.</param>
    /// <param name="targets">The addresses, in order; at least one.</param>
    /// <param name="bind">The local address, or null.</param>
    /// <param name="timeout">The time for all attempts together.</param>
    public static async ValueTask<ConnectResult> ConnectAsync(
        SocketScope scope, EventLoop loop, IReadOnlyList<EndPoint> targets, EndPoint? bind, TimeSpan timeout)
    {
        long end = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        ConnectResult result = new(null, "no address");
        for (int i = 0; i < targets.Count; i++)
        {
            long left = Math.Max(0, end - Environment.TickCount64);
            var share = TimeSpan.FromMilliseconds(Math.Max(1, left / (targets.Count - i)));
            result = await ConnectOneAsync(scope, loop, targets[i], bind, share);
            if (result.Socket is not null)
                return result with { Target = targets[i] };
            result = result with { Error = $"{NativeAddress.Format(targets[i])}: {result.Error}" };
        }

        return result;
    }

    private static async ValueTask<ConnectResult> ConnectOneAsync(
        SocketScope scope, EventLoop loop, EndPoint target, EndPoint? bind, TimeSpan timeout)
    {
        ConnectResult opened = Open(loop, target, bind);
        if (opened.Socket is not { } socket)
            return opened;
        // The target may have accepted what is given up before it was noticed.
        socket.EndWithReset();
        scope.Adopt(socket);
        bool isTimedOut = false;
        Deadline deadline = loop.After(timeout, () =>
        {
            isTimedOut = true;
            socket.Cancel();
        });
        Errno error = await FinishConnectAsync(socket, target);
        deadline.Cancel();
        if (error == Errno.None && !isTimedOut)
            return new ConnectResult(socket, null);
        scope.Discard(socket);
        return isTimedOut
            ? new ConnectResult(null, $"no answer within {timeout.TotalSeconds:0.###} s", Kind: SpipedError.TimedOut)
            : new ConnectResult(null, error.Describe());
    }

    private static async ValueTask<Errno> FinishConnectAsync(StreamSocket socket, EndPoint target)
    {
        Errno error;
        // A UNIX socket whose backlog is full says so instead of waiting (connect(2), EAGAIN).
        while ((error = socket.StartConnect(target)) == Errno.WouldBlock)
        {
            await socket.Loop.Delay(BusyRetry);
            if (socket.IsCancelled)
                return Errno.Cancelled;
        }

        if (error != Errno.InProgress)
            return error;
        await socket.Writable;
        return socket.ConnectError();
    }

    private static ConnectResult Open(EventLoop loop, EndPoint target, EndPoint? bind)
    {
        int descriptor = Libc.socket(NativeAddress.FamilyOf(target), Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return new ConnectResult(null, Libc.LastError.Describe(), Kind: SpipedError.Shortage);
        if (DescriptorLimit.IsTooHighToOpen(descriptor))
        {
            Libc.close(descriptor);
            return new ConnectResult(null, Errno.TooManyFiles.Describe(), Kind: SpipedError.Shortage);
        }

        if (bind is not null && NativeAddress.Bind(descriptor, bind) is var error and not Errno.None)
        {
            Libc.close(descriptor);
            return new ConnectResult(null, $"cannot bind to {NativeAddress.Format(bind)}: {error.Describe()}");
        }

        try
        {
            return new ConnectResult(new StreamSocket(loop, descriptor), null);
        }
        catch (InvalidOperationException failure)
        {
            // The kernel has no memory for one more registration.
            return new ConnectResult(null, failure.Message, Kind: SpipedError.Shortage);
        }
    }
}
