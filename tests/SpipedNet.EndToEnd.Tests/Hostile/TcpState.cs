using System.Net.Sockets;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>What the kernel knows of a TCP connection.</summary>
internal static class TcpState
{
    /// <summary>
    /// Whether an end of stream was a reset. A send that runs at the same time may find the reset first: it takes the error
    /// away, and a receive then finds an end of stream.
    /// </summary>
    public static bool IsReset(Socket socket)
    {
        const int IPPROTO_TCP = 6, TCP_INFO = 11, TCP_CLOSE = 7;
        Span<byte> info = stackalloc byte[1];
        socket.GetRawSocketOption(IPPROTO_TCP, TCP_INFO, info);
        return info[0] == TCP_CLOSE;
    }
}
