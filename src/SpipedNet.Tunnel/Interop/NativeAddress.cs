using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Interop;

/// <summary>Between end points and the kernel's socket addresses, whose layout <see cref="System.Net.SocketAddress"/> has.</summary>
internal static unsafe class NativeAddress
{
    private const int MaxSize = 128; // sizeof(struct sockaddr_storage)

    public static int FamilyOf(EndPoint endPoint) => endPoint.AddressFamily switch
    {
        AddressFamily.InterNetwork => Libc.AF_INET,
        AddressFamily.InterNetworkV6 => Libc.AF_INET6,
        _ => Libc.AF_UNIX,
    };

    /// <summary>An end point as spiped writes it.</summary>
    public static string Format(EndPoint endPoint) =>
        endPoint is IPEndPoint ip ? $"[{ip.Address}]:{ip.Port}" : endPoint.ToString() ?? "";

    public static Errno Bind(int descriptor, EndPoint endPoint)
    {
        System.Net.SocketAddress address = endPoint.Serialize();
        fixed (byte* start = address.Buffer.Span)
            return Libc.bind(descriptor, start, (uint)address.Size) == 0 ? Errno.None : Libc.LastError;
    }

    public static Errno Connect(int descriptor, EndPoint endPoint)
    {
        System.Net.SocketAddress address = endPoint.Serialize();
        fixed (byte* start = address.Buffer.Span)
            return Libc.connect(descriptor, start, (uint)address.Size) == 0 ? Errno.None : Libc.LastError;
    }

    /// <summary>Accepts one connection; the descriptor is -1 with an error.</summary>
    public static (int Descriptor, EndPoint? Peer, Errno Error) Accept(int listener)
    {
        byte* buffer = stackalloc byte[MaxSize];
        uint size = MaxSize;
        int descriptor = Libc.accept4(listener, buffer, &size, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return descriptor < 0
            ? (-1, null, Libc.LastError)
            : (descriptor, ToEndPoint(new ReadOnlySpan<byte>(buffer, (int)Math.Min(size, MaxSize))), Errno.None);
    }

    /// <summary>The IP address that a socket has at this end; null for a UNIX socket.</summary>
    public static IPEndPoint? LocalOf(int descriptor)
    {
        byte* buffer = stackalloc byte[MaxSize];
        uint size = MaxSize;
        return Libc.getsockname(descriptor, buffer, &size) == 0
            ? ToEndPoint(new ReadOnlySpan<byte>(buffer, (int)Math.Min(size, MaxSize)))
            : null;
    }

    // The peer of a UNIX socket seldom has a name.
    private static IPEndPoint? ToEndPoint(ReadOnlySpan<byte> native)
    {
        if (native.Length < 2)
            return null;
        int family = native[0] | native[1] << 8;
        if (family is not (Libc.AF_INET or Libc.AF_INET6))
            return null;
        var address = new System.Net.SocketAddress(family == Libc.AF_INET ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
        native[..Math.Min(native.Length, address.Size)].CopyTo(address.Buffer.Span);
        return (IPEndPoint)new IPEndPoint(family == Libc.AF_INET ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(address);
    }
}
