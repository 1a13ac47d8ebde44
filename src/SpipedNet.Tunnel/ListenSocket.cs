using System.Net;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>A listening socket on an event loop.</summary>
internal sealed class ListenSocket(EventLoop loop, int descriptor) : NonBlockingSocket(loop, descriptor)
{
    // The kernel caps it at net.core.somaxconn. Upstream's 10 makes a burst of 300 connects stall for seconds.
    private const int Backlog = 4096;

    // A service manager keeps the one that it passes.
    protected override bool IsShared => true;

    /// <summary>Opens, binds and listens; may be called on any thread.</summary>
    /// <param name="endPoint">Where to listen.</param>
    /// <param name="mode">The mode of a UNIX socket's file; null for what the umask leaves.</param>
    /// <returns>The descriptor, or -1 and the error.</returns>
    public static (int Descriptor, Errno Error) Open(EndPoint endPoint, uint? mode = null)
    {
        int descriptor = Libc.socket(
            NativeAddress.FamilyOf(endPoint), Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return (-1, Libc.LastError);
        if (DescriptorLimit.IsTooHighToOpen(descriptor))
        {
            Libc.close(descriptor);
            return (-1, Errno.TooManyFiles);
        }

        // Before there is a file, which has the socket's mode from its beginning (unix_bind in the kernel).
        if (mode is { } bits)
            _ = Libc.fchmod(descriptor, bits);
        Errno error = BindAndListen(descriptor, endPoint);
        if (error == Errno.None)
            return (descriptor, Errno.None);
        Libc.close(descriptor);
        return (-1, error);
    }

    /// <summary>Makes a socket that another process has opened fit for a loop; false when it does not listen for streams.</summary>
    public static bool TryAdopt(int descriptor)
    {
        if (Option(descriptor, Libc.SO_TYPE) != Libc.SOCK_STREAM || Option(descriptor, Libc.SO_ACCEPTCONN) != 1)
            return false;
        Libc.SetCloseOnExec(descriptor);
        Libc.SetNonBlocking(descriptor);
        return true;
    }

    /// <summary>Accepts one connection, or says why there is none.</summary>
    public (int Descriptor, EndPoint? Peer, Errno Error) TryAccept()
    {
        if (IsCancelled)
            return (-1, null, Errno.Cancelled);
        var accepted = NativeAddress.Accept(Descriptor);
        IsReadable = accepted.Error != Errno.WouldBlock;
        return accepted;
    }

    /// <summary>Whether there is a descriptor for another connection.</summary>
    public bool HasRoom()
    {
        int next = Libc.Duplicate(Descriptor);
        if (next >= 0)
            Libc.close(next);
        return next >= 0 && !DescriptorLimit.IsTooHighToAccept(next);
    }

    /// <summary>Whether a connection waits in the backlog.</summary>
    public unsafe bool HasPending()
    {
        // struct pollfd { int fd; short events; short revents; }
        ulong pollDescriptor = (uint)Descriptor | (ulong)Libc.EPOLLIN << 32;
        return Libc.poll(&pollDescriptor, 1, 0) > 0;
    }

    private static unsafe int Option(int descriptor, int option)
    {
        int value = -1;
        uint size = sizeof(int);
        Libc.getsockopt(descriptor, Libc.SOL_SOCKET, option, &value, &size);
        return value;
    }

    private static unsafe Errno BindAndListen(int descriptor, EndPoint endPoint)
    {
        int one = 1;
        Libc.setsockopt(descriptor, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &one, sizeof(int));
        Errno error = NativeAddress.Bind(descriptor, endPoint);
        if (error != Errno.None)
            return error;
        return Libc.listen(descriptor, Backlog) == 0 ? Errno.None : Libc.LastError;
    }
}
