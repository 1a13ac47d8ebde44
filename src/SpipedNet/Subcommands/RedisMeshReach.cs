using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel;

namespace SpipedNet.Subcommands;

/// <summary>What a dial of the nodes' addresses does not show: who else may have answered there.</summary>
internal static class RedisMeshReach
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // No node's: there are 254 of them.
    private static readonly IPAddress Nobody = IPAddress.Parse("127.0.2.255");

    /// <summary>Whether something of this host takes connections at every address of the loopback network.</summary>
    /// <param name="port">The port.</param>
    /// <returns>What is wrong, and what to do; null when nothing is.</returns>
    public static async Task<string?> CheckNobodyAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return await ConnectAsync(socket, new IPEndPoint(Nobody, port)) is null
            ? $"{Nobody}:{port}: something answers, though this is no node's address: what listens here at all addresses answers "
                + $"for nodes, too; see ss -ltnp 'sport = :{port}'"
            : null;
    }

    /// <summary>Whether the other hosts' way into this one begins on this host.</summary>
    /// <param name="own">A tunnel to the node that this host is.</param>
    /// <returns>What is wrong, and what to do; null when nothing is.</returns>
    public static async Task<string?> CheckReceiverAsync(RedisMeshTunnel own)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        string host = own.Node.Host.Trim('[', ']');
        EndPoint remote = IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, own.Port) : new DnsEndPoint(host, own.Port);
        if (await ConnectAsync(socket, remote) is { } failure)
            return $"{own.Instance}: {own.Remote}: {failure}, and so for the other hosts; see journalctl -u {own.Unit(own.Node)}";
        // From one of a host's own addresses to itself, it is the same at both ends.
        return Equals((socket.LocalEndPoint as IPEndPoint)?.Address, (socket.RemoteEndPoint as IPEndPoint)?.Address)
            ? null
            : $"{own.Instance}: {own.Remote}: this is another host's address; is this one {own.Node.Name}, as --self says?";
    }

    private static async Task<string?> ConnectAsync(Socket socket, EndPoint address)
    {
        using var deadline = new CancellationTokenSource(Timeout);
        try
        {
            await socket.ConnectAsync(address, deadline.Token);
            return null;
        }
        catch (SocketException failure)
        {
            return SystemError.Continue(failure.Message);
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {Timeout.TotalSeconds} s";
        }
    }
}
