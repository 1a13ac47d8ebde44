using System.Collections.Concurrent;
using System.Net.Sockets;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A target that sends back what it gets, and its end after that; slowly, if it is told to.</summary>
internal sealed class EchoTarget : IDisposable
{
    private readonly Target _target;
    private readonly TimeSpan _pause;
    private readonly ConcurrentBag<Socket> _sockets = [];
    private int _accepted;

    /// <param name="target">The listening target, from now on this object's.</param>
    /// <param name="pause">How long it rests after each piece of at most 1024 bytes.</param>
    public EchoTarget(Target target, TimeSpan pause = default)
    {
        _target = target;
        _pause = pause;
        _ = AcceptAllAsync();
    }

    public EchoTarget(AddressKind kind, TestDirectory directory)
        : this(new Target(kind, directory))
    {
    }

    public TestAddress Address => _target.Address;

    /// <summary>How many connections have arrived.</summary>
    public int Accepted => _accepted;

    public void Dispose() => _target.Dispose();

    /// <summary>Ends as a process does that is killed: nothing listens, and every connection is reset.</summary>
    public void Kill()
    {
        Dispose();
        foreach (Socket socket in _sockets)
            socket.Close(0);
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _target.AcceptSocketAsync();
                Interlocked.Increment(ref _accepted);
                _sockets.Add(socket);
                _ = EchoAsync(Duplex.Of(socket));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed: the test is over
        }
    }

    private async Task EchoAsync(Duplex connection)
    {
        using (connection)
        {
            var buffer = new byte[1024];
            try
            {
                while (await connection.Input.ReadAsync(buffer) is > 0 and int count)
                {
                    await connection.Output.WriteAsync(buffer.AsMemory(0, count));
                    await Task.Delay(_pause);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // the connection broke, which the other end sees too
            }
        }
    }
}
