using System.Net.Sockets;
using SpipedNet.Tunnel;

namespace SpipedNet.Status;

/// <summary>What asking for the status of all processes has brought.</summary>
/// <param name="Processes">Those that answered.</param>
/// <param name="Errors">A line for each that is there and cannot be asked.</param>
internal sealed record StatusAnswer(IReadOnlyList<ProcessStatus> Processes, IReadOnlyList<string> Errors);

/// <summary>Asks control sockets.</summary>
internal static class StatusClient
{
    // 10,000 tunnels have some 10 MB.
    private const int LongestDocument = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks one socket, or all that are found.</summary>
    public static async Task<StatusAnswer> AskAsync(string? socket)
    {
        IReadOnlyList<string> unreadable = [];
        IReadOnlyList<string> paths = socket is null ? ControlPaths.Found(out unreadable) : [socket];
        (ProcessStatus? Status, string? Error)[] answers =
            await Task.WhenAll(paths.Select(path => AskAsync(path, isToBeThere: socket is not null)));
        return new StatusAnswer(
            [.. answers.Select(answer => answer.Status).OfType<ProcessStatus>()],
            [.. unreadable.Select(path => $"cannot look into {path}: {NotAllowed}"), .. answers.Select(answer => answer.Error).OfType<string>()]);
    }

    private const string NotAllowed = "permission denied; be root, or the daemon's user";

    private static async Task<(ProcessStatus? Status, string? Error)> AskAsync(string path, bool isToBeThere)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            (byte[] document, int peer) = await ReceiveAsync(path, patience.Token);
            if (document.Length > 0)
                return (StatusJson.Read(document) with { Peer = peer }, null);
            // Its process has ended meanwhile.
            return (null, isToBeThere ? $"cannot ask {path}: it does not answer" : null);
        }
        // Its process was killed, or ends just now.
        catch (SocketException failure) when (!isToBeThere && IsGone(failure, path))
        {
            return (null, null);
        }
        catch (SocketException) when (!Path.Exists(path))
        {
            return (null, $"cannot ask {path}: there is no such file");
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            return (null, $"cannot ask {path}: {NotAllowed}");
        }
        catch (Exception failure) when (failure is SocketException or InvalidDataException or ArgumentException)
        {
            return (null, $"cannot ask {path}: {SystemError.Continue(failure.Message)}");
        }
        catch (OperationCanceledException)
        {
            return (null, $"cannot ask {path}: no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static bool IsGone(SocketException failure, string path) =>
        failure.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset || !File.Exists(path);

    private static async Task<(byte[] Document, int Peer)> ReceiveAsync(string path, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        using var document = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, cancellation)) > 0)
        {
            document.Write(buffer, 0, count);
            if (document.Length > LongestDocument)
                throw new InvalidDataException("its answer does not end");
        }

        return (document.ToArray(), PeerOf(socket));
    }

    // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
    private static int PeerOf(Socket socket)
    {
        const int SOL_SOCKET = 1, SO_PEERCRED = 17;
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials) == credentials.Length
            ? System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(credentials)
            : 0;
    }
}
