using System.Net.Sockets;
using System.Text;
using SpipedNet.Tunnel;

namespace SpipedNet.Systemd;

/// <summary>The socket on which a service manager takes word from its services (sd_notify(3)): a datagram a message.</summary>
internal sealed class NotifySocket : IDisposable
{
    // A socket's address has room for 108 bytes (unix(7)), one of them for the NUL that ends a path.
    private const int LongestAddress = 107;

    // A manager that does not read for so long is not waited for.
    private const int SendMilliseconds = 5000;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        SendTimeout = SendMilliseconds,
    };

    private readonly UnixDomainSocketEndPoint _manager;

    private NotifySocket(UnixDomainSocketEndPoint manager) => _manager = manager;

    /// <summary>The socket of that address: a path, or <c>@</c> and a name without a file; null for any other.</summary>
    public static NotifySocket? At(string address)
    {
        bool isAbstract = address.StartsWith('@');
        if (address.Length < 2 || Encoding.UTF8.GetByteCount(address) > LongestAddress || !isAbstract && !address.StartsWith('/'))
            return null;
        return new NotifySocket(new UnixDomainSocketEndPoint(isAbstract ? $"\0{address[1..]}" : address));
    }

    /// <summary>Sends one message.</summary>
    /// <returns>Null, or the reason why it cannot be sent.</returns>
    public string? TrySend(string message)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _manager);
            return null;
        }
        catch (SocketException failure)
        {
            return SystemError.Continue(failure.Message);
        }
    }

    public void Dispose() => _socket.Dispose();
}
