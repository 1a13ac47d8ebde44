using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>Why an address of this machine cannot be bound, in one line that says what to do.</summary>
internal static class BindFailure
{
    private const int FirstUnprivilegedPort = 1024;

    /// <summary>The line.</summary>
    /// <param name="purpose">What it is bound for, up to the address: "listen on".</param>
    /// <param name="address">The address as the user wrote it.</param>
    /// <param name="endPoint">What that means.</param>
    /// <param name="error">The kernel's answer.</param>
    public static string Explain(string purpose, TunnelAddress address, EndPoint endPoint, Errno error)
    {
        string meaning = address.HostName is null ? "" : $" ({NativeAddress.Format(endPoint)})";
        string advice = endPoint is IPEndPoint ip ? TcpAdvice(ip, error) : UnixAdvice(address.UnixPath!, error);
        return $"cannot {purpose} {address}{meaning}: {error.Describe()}{advice}";
    }

    /// <summary>The line for an address that this process has itself, under another name.</summary>
    public static string ExplainOwn(TunnelAddress address, TunnelAddress own) =>
        $"cannot listen on {address} while this process listens on {own}; "
        + "take the line out, reload, and put the new one in: open connections go on";

    /// <summary>
    /// What to do about a socket's file in the way. It stays when its process is killed, and is not removed unasked: it
    /// may be another's (spiped#423). So only a refusal, which says that no process has the socket, leads to rm.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="answer">What a connect to it gave.</param>
    internal static string SocketAdvice(string path, Errno answer) => answer switch
    {
        Errno.ConnectionRefused => $"; nothing listens there any more, so remove the file: rm {ShellWord.Quote(path)}",
        Errno.None or Errno.WouldBlock => "; another process listens there",
        Errno.WrongSocketType => "; another process has a socket of another type there; choose another path",
        Errno.AccessDenied => "; a process of another user may listen there; choose another path",
        _ => "; another process may listen there; choose another path",
    };

    private static string TcpAdvice(IPEndPoint endPoint, Errno error) => error switch
    {
        Errno.AddressInUse => "; another process listens there (ss -ltnp shows which)",
        Errno.AccessDenied when endPoint.Port < FirstUnprivilegedPort =>
            $"; ports below {FirstUnprivilegedPort} need root, then -u, or CAP_NET_BIND_SERVICE",
        Errno.AddressNotAvailable => "; no interface of this machine has that address; see: ip addr",
        Errno.InvalidArgument when endPoint.Address is { IsIPv6LinkLocal: true, ScopeId: 0 } =>
            $"; a link-local address needs a zone, such as [{endPoint.Address}%eth0]:{endPoint.Port}",
        _ => "",
    };

    private static string UnixAdvice(string path, Errno error)
    {
        string directory = Path.GetDirectoryName(path) ?? path;
        return error switch
        {
            Errno.AddressInUse => AdviceOnFile(path),
            Errno.NoSuchFile => $"; there is no directory {directory}",
            Errno.NotADirectory => $"; {directory} is no directory",
            Errno.AccessDenied => $"; user {Environment.UserName} may not make a file in {directory}",
            _ => "",
        };
    }

    private static string AdviceOnFile(string path) => FileIdentity.Of(path)?.Kind switch
    {
        FileKind.Socket => SocketAdvice(path, TryConnect(path)),
        { } kind => $"; a file that is no socket is in the way ({kind.Describe()}); choose another path",
        null => "; it has gone meanwhile, so try again",
    };

    // Does not block: a listener whose backlog is full would hold up the start for ever.
    private static Errno TryConnect(string path)
    {
        int descriptor = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return Libc.LastError;
        Errno error = NativeAddress.Connect(descriptor, new UnixDomainSocketEndPoint(path));
        Libc.close(descriptor);
        return error;
    }
}
