using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>
/// TCP ports for programs that cannot be told "any port". They lie below the kernel's ephemeral range, so that no
/// outgoing connection takes one between here and the program's bind, and none is handed out twice.
/// </summary>
internal static class FreePort
{
    private const int Lowest = 12_000;

    private static readonly int Highest = int.Parse(
        File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0]) - 1;

    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Next()
    {
        while (true)
        {
            int port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port) && Taken.TryAdd(port, true))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        // A dual-mode socket without SO_REUSEADDR collides with any use of the port, of either family.
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.DualMode = true;
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
