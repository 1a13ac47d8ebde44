using System.Net.Sockets;
using System.Text;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A service manager's socket, and what services have sent to it.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    private NotifySocket(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address.Replace('@', '\0')));
    }

    /// <summary>As NOTIFY_SOCKET has it.</summary>
    public string Address { get; }

    /// <summary>All lines so far, of those messages that were received.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>A socket with a file.</summary>
    public static NotifySocket In(TestDirectory directory) => new(directory.File($"{Guid.NewGuid():N}.notify"));

    /// <summary>A socket without a file.</summary>
    public static NotifySocket Abstract() => new($"@spiped-net-{Guid.NewGuid():N}");

    /// <summary>Receives messages until one has this line; returns that message.</summary>
    public async Task<string[]> ReceiveAsync(string line)
    {
        while (true)
        {
            string[] message = await ReceiveAsync();
            if (message.Contains(line))
                return message;
        }
    }

    /// <summary>What has been sent and not received yet.</summary>
    public bool IsEmpty => _socket.Available == 0;

    public void Dispose() => _socket.Dispose();

    private async Task<string[]> ReceiveAsync()
    {
        var buffer = new byte[4096];
        int count = await Deadline.ForAsync(
            _socket.ReceiveAsync(buffer), $"a message to the service manager after: {string.Join(", ", Lines)}");
        string[] lines = Encoding.UTF8.GetString(buffer, 0, count).Split('\n');
        Lines.AddRange(lines);
        return lines;
    }
}
