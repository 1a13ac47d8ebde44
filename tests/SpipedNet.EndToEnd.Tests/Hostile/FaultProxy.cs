using System.Net.Sockets;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>
/// A bad wire: of each connection's two directions it may delay, split to single bytes, gather what comes one by one, damage a bit, cut the stream within
/// a packet or reset, or just pass it on.
/// </summary>
internal sealed class FaultProxy : IDisposable
{
    // A stream that is cut between two packets looks complete: that is the protocol's limit (README).
    private const int HandshakeBytes = 32 + 288, PacketBytes = 1060;

    private readonly Target _listener;
    private readonly TestAddress _server;
    private readonly Random _random;
    private int _faults;

    public FaultProxy(TestAddress server, TestDirectory directory, int seed)
    {
        (_server, _random) = (server, new Random(seed));
        _listener = new Target(AddressKind.Tcp4, directory);
        _ = RunAsync();
    }

    private enum Fault
    {
        None,
        Delay,
        SingleBytes,
        Gather,
        Damage,
        Cut,
        Reset,
    }

    public TestAddress Address => _listener.Address;

    /// <summary>How many directions had a fault.</summary>
    public int Faults => _faults;

    public void Dispose() => _listener.Dispose();

    private async Task RunAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed: the test is over
        }
    }

    private async Task PassAsync(Socket client)
    {
        using (client)
        {
            try
            {
                using Socket server = await _server.ConnectAsync();
                await Task.WhenAll(CopyAsync(client, server, NextFault()), CopyAsync(server, client, NextFault()));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or TimeoutException)
            {
                client.Close(0);
            }
        }
    }

    private (Fault Kind, long At) NextFault()
    {
        lock (_random)
        {
            Fault kind = _random.Next(2) == 0 ? Fault.None : (Fault)_random.Next(7);
            _faults += kind == Fault.None ? 0 : 1;
            // Never on the boundary of a packet.
            return (kind, HandshakeBytes + (_random.Next(60) * PacketBytes) + 1 + _random.Next(PacketBytes - 1));
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, (Fault Kind, long At) fault)
    {
        byte[] buffer = new byte[fault.Kind switch { Fault.SingleBytes => 1, Fault.Gather => 200_000, _ => 16384 }];
        long offset = 0;
        int count;
        try
        {
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                if (fault.Kind == Fault.Gather)
                    count = await GatherAsync(from, buffer, count);
                bool isHere = offset <= fault.At && fault.At < offset + count;
                if (isHere && fault.Kind == Fault.Reset)
                    throw new SocketException((int)SocketError.ConnectionReset);
                if (isHere && fault.Kind == Fault.Damage)
                    buffer[fault.At - offset] ^= 0x10;
                if (isHere && fault.Kind == Fault.Cut)
                    count = (int)(fault.At - offset);
                for (int sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                if (isHere && fault.Kind == Fault.Cut)
                    break;
                offset += count;
                // Not for an event: that it is late is the fault.
                if (fault.Kind == Fault.Delay)
                    await Task.Delay(1);
            }

            if (TcpState.IsReset(from))
                throw new SocketException((int)SocketError.ConnectionReset);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Close(0);
            to.Close(0);
        }
    }

    private static async Task<int> GatherAsync(Socket from, byte[] buffer, int count)
    {
        for (int i = 0; i < 5 && count < buffer.Length; i++)
        {
            // Not for an event: for whatever comes meanwhile.
            await Task.Delay(2);
            if (from.Available > 0)
                count += await from.ReceiveAsync(buffer.AsMemory(count));
        }

        return count;
    }
}
