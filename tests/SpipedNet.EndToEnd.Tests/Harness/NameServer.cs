using System.Net;
using System.Net.Sockets;

namespace SpipedNet.EndToEnd.Tests.Harness;

/// <summary>A dnsmasq at an address of its own, where programs that are started by its command ask for names, and nowhere else.</summary>
internal sealed class NameServer(TestDirectory directory) : IDisposable
{
    // Port 53 is the only one that resolv.conf(5) knows, but there are 2^24 addresses.
    private readonly string _address = $"127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(256)}.{Random.Shared.Next(1, 255)}";
    private TestProcess? _process;

    /// <summary>The beginning of a command whose rest looks names up there.</summary>
    public string[] Command
    {
        get
        {
            File.WriteAllText(directory.File("resolv.conf"), $"nameserver {_address}\noptions timeout:1 attempts:1\n");
            File.WriteAllText(directory.File("nsswitch.conf"), "hosts: dns\n");
            const string script =
                """mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@" """;
            return
            [
                .. Namespaces.Unshare("--mount"), "sh", "-c", script, "sh",
                directory.File("resolv.conf"), directory.File("nsswitch.conf"),
            ];
        }
    }

    /// <summary>Starts it; it knows one name.</summary>
    public async Task StartAsync(string name, string ip)
    {
        _process = TestProcess.Start(
            "dnsmasq",
            [
                "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces", "--user=root",
                "--pid-file", "--log-facility=-", $"--listen-address={_address}", $"--host-record={name},{ip}",
            ]);
        await _process.ErrorContainsAsync("started");
    }

    /// <summary>What takes all questions and answers none.</summary>
    public Socket TakeItsPlace()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(_address), 53));
        return socket;
    }

    public void Stop() => Interlocked.Exchange(ref _process, null)?.Dispose();

    public void Dispose() => Stop();
}
