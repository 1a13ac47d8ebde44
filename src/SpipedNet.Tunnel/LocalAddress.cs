using System.Net;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel;

/// <summary>The address that connections are to come from (<c>-b</c>).</summary>
internal static class LocalAddress
{
    /// <summary>Whether this machine has the address at all; whether its port is free shows at each connection anew.</summary>
    /// <returns>Null, or one line that says what to do.</returns>
    public static string? Check(TunnelAddress address, EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint ip)
            return null;
        Errno error = TryBind(new IPEndPoint(ip.Address, 0));
        return error == Errno.None ? null : BindFailure.Explain("connect from", address, endPoint, error);
    }

    private static Errno TryBind(IPEndPoint endPoint)
    {
        int descriptor = Libc.socket(NativeAddress.FamilyOf(endPoint), Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return Libc.LastError;
        Errno error = NativeAddress.Bind(descriptor, endPoint);
        Libc.close(descriptor);
        return error;
    }
}
