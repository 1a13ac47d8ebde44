using System.Net.Sockets;
using System.Text;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A target that says its greeting to each connection and closes it.</summary>
internal sealed class GreetingTarget : IDisposable
{
    private readonly Target _target;
    private readonly byte[] _greeting;

    public GreetingTarget(Target target, string greeting)
    {
        _target = target;
        _greeting = Encoding.ASCII.GetBytes(greeting);
        _ = GreetAllAsync();
    }

    public void Dispose() => _target.Dispose();

    private async Task GreetAllAsync()
    {
        try
        {
            while (true)
            {
                using Duplex connection = await _target.AcceptAsync();
                await connection.SendAllAsync(_greeting);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed: the test is over
        }
    }
}
