using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SpipedNet.EndToEnd.Tests.Harness;

public enum AddressKind
{
    Tcp4,
    Tcp6,
    Unix,
}

/// <summary>An address both as spiped writes it and as .NET connects to it.</summary>
internal sealed record TestAddress(string Text, EndPoint EndPoint)
{
    /// <summary>An address that nobody uses, in the loopback network or in <paramref name="directory"/>.</summary>
    public static TestAddress Unused(AddressKind kind, TestDirectory directory) => kind switch
    {
        AddressKind.Tcp4 => Tcp(IPAddress.Loopback, FreePort.Next()),
        AddressKind.Tcp6 => Tcp(IPAddress.IPv6Loopback, FreePort.Next()),
        _ => Unix(directory.File($"{Guid.NewGuid():N}.sock")),
    };

    public static TestAddress Tcp(IPAddress ip, int port) => new($"[{ip}]:{port}", new IPEndPoint(ip, port));

    public static TestAddress Unix(string path) => new(path, new UnixDomainSocketEndPoint(path));

    /// <summary>The TCP port.</summary>
    public int Port => ((IPEndPoint)EndPoint).Port;

    public override string ToString() => Text;

    public async Task<Socket> ConnectAsync()
    {
        Socket socket = NewSocket();
        try
        {
            await Deadline.ForAsync(socket.ConnectAsync(EndPoint), $"a connection to {Text}");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Socket NewSocket() => EndPoint is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>
    /// Whether a process listens here. Asked of the kernel's tables, since a connection made to find out would be
    /// passed on to the target.
    /// </summary>
    public bool IsListening => EndPoint is IPEndPoint tcp ? IsTcpListening(tcp) : IsUnixListening(Text);

    private static bool IsTcpListening(IPEndPoint address)
    {
        const string listen = "0A";
        string port = address.Port.ToString("X4", CultureInfo.InvariantCulture);
        string table = address.AddressFamily == AddressFamily.InterNetworkV6 ? "/proc/net/tcp6" : "/proc/net/tcp";
        return File.ReadLines(table).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(field => field[3] == listen && field[1].EndsWith($":{port}", StringComparison.Ordinal));
    }

    private static bool IsUnixListening(string path)
    {
        const string acceptsConnections = "00010000";
        return File.ReadLines("/proc/net/unix").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(field => field.Length > 7 && field[3] == acceptsConnections && field[7] == path);
    }
}
