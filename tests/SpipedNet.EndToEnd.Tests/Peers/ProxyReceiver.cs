using System.Net;
using System.Net.Sockets;
using System.Text;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Peers;

public enum ReceiverProgram
{
    HAProxy,
    Nginx,
}

/// <summary>A real server that demands the PROXY protocol and answers any HTTP request with what that told it.</summary>
internal sealed class ProxyReceiver : IDisposable
{
    private const string Answering =
        "mode http\n    http-request return status 200 content-type text/plain lf-string \"%[src] %[src_port] %[dst] %[dst_port]\"";

    private readonly TestDirectory _directory = new();
    private readonly TestProcess _process;

    private ProxyReceiver(ReceiverProgram program, AddressKind kind)
    {
        Address = TestAddress.Unused(kind, _directory);
        _process = program == ReceiverProgram.HAProxy ? StartHAProxy(Answering) : StartNginx();
    }

    // An HAProxy in front of a server that knows nothing of the PROXY protocol.
    private ProxyReceiver(TestAddress server)
    {
        Address = TestAddress.Unused(AddressKind.Tcp4, _directory);
        _process = StartHAProxy($"mode tcp\n    server behind {Bare(server, "unix@")}");
    }

    public TestAddress Address { get; }

    /// <summary>Starts a server that answers "SOURCE PORT DESTINATION PORT".</summary>
    public static Task<ProxyReceiver> StartAsync(ReceiverProgram program, AddressKind kind) =>
        ListeningAsync(new ProxyReceiver(program, kind));

    /// <summary>Starts an HAProxy that passes on what comes after the header.</summary>
    public static Task<ProxyReceiver> InFrontOfAsync(TestAddress server) => ListeningAsync(new ProxyReceiver(server));

    /// <summary>What the server says at the other end of a tunnel.</summary>
    public static async Task<string> AskAsync(TestAddress source)
    {
        using Duplex client = Duplex.Of(await source.ConnectAsync());
        await client.Output.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        using var answer = new MemoryStream();
        await Deadline.ForAsync(client.Input.CopyToAsync(answer), "the end of the answer");
        string text = Encoding.ASCII.GetString(answer.ToArray());
        return text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    public void Dispose()
    {
        _process.Dispose();
        _directory.Dispose();
    }

    // HAProxy binds a UNIX socket under another name and then renames it, which the kernel's table does not tell.
    private bool IsListening => Address.EndPoint is UnixDomainSocketEndPoint
        ? File.Exists(Address.Text) && CanConnect()
        : Address.IsListening;

    // Without a header such a connection comes to nothing.
    private bool CanConnect()
    {
        using Socket socket = Address.NewSocket();
        try
        {
            socket.Connect(Address.EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<ProxyReceiver> ListeningAsync(ProxyReceiver receiver)
    {
        try
        {
            await Deadline.UntilAsync(
                () => receiver.IsListening || !ProcessTable.IsRunning(receiver._process.Id), $"{receiver.Address} listens");
            return receiver.IsListening
                ? receiver
                : throw new InvalidOperationException((await receiver._process.OutcomeAsync()).Error);
        }
        catch
        {
            receiver.Dispose();
            throw;
        }
    }

    private TestProcess StartHAProxy(string frontEnd)
    {
        string file = _directory.File("haproxy.cfg");
        File.WriteAllText(file, $"""
            global
                maxconn 100
            defaults
                timeout connect 10s
                timeout client 60s
                timeout server 60s
            listen all
                bind {Bare("unix@")} accept-proxy
                {frontEnd}

            """);
        return TestProcess.Start("/usr/sbin/haproxy", ["-db", "-f", file]);
    }

    private string Bare(string unix) => Bare(Address, unix);

    private static string Bare(TestAddress address, string unix) => address.EndPoint is IPEndPoint tcp ? tcp.ToString() : unix + address.Text;

    private TestProcess StartNginx()
    {
        string file = _directory.File("nginx.conf");
        string temporary = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {_directory.File(name)};\n"));
        File.WriteAllText(file, $$"""
            daemon off;
            master_process off;
            pid {{_directory.File("nginx.pid")}};
            events {}
            http {
                access_log off;
                {{temporary}}
                server {
                    listen {{Bare("unix:")}} proxy_protocol;
                    location / {
                        return 200 "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port";
                    }
                }
            }

            """);
        return TestProcess.Start("/usr/sbin/nginx", ["-p", _directory.Path, "-c", file, "-e", "stderr"]);
    }
}
