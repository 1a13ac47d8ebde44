using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel.Interop;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What is in the way of a source, and what to do: never to remove what is somebody's.</summary>
public sealed class BindFailureTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("spiped-net-").FullName;
    private readonly string _path;

    public BindFailureTests() => _path = Path.Combine(_directory, "socket");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_regular_file_is_not_to_be_removed()
    {
        File.WriteAllText(_path, "a key, perhaps");
        Assert.Equal(InTheWay(_path, "a regular file"), ErrorOf(_path));
    }

    [Fact]
    public void A_link_is_not_to_be_removed()
    {
        File.CreateSymbolicLink(_path, "nowhere");
        Assert.Equal(InTheWay(_path, "a symbolic link"), ErrorOf(_path));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tmp")]
    public void A_directory_is_not_to_be_removed(string path) => Assert.Equal(InTheWay(path, "a directory"), ErrorOf(path));

    [Fact]
    public void A_live_datagram_socket_is_not_to_be_removed()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(_path));
        Assert.EndsWith("; another process has a socket of another type there; choose another path", ErrorOf(_path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_whose_backlog_is_full_does_not_hold_up_the_start()
    {
        using Socket other = ListenAtPath(backlog: 0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await first.ConnectAsync(new UnixDomainSocketEndPoint(_path));

        string error = await Task.Run(() => ErrorOf(_path)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.EndsWith("; another process listens there", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_file_that_its_process_left_behind_may_be_removed()
    {
        string kept = _path + " 'kept'";
        using (ListenAtPath(backlog: 1))
            File.Move(_path, kept); // out of reach of .NET, which would delete it
        string quoted = $"'{_directory}/socket '\\''kept'\\'''";
        Assert.EndsWith($"; nothing listens there any more, so remove the file: rm {quoted}", ErrorOf(kept), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.None)]
    [InlineData(Errno.WouldBlock)]
    [InlineData(Errno.AccessDenied)]
    [InlineData(Errno.WrongSocketType)]
    [InlineData(Errno.NoBuffers)]
    internal void Only_a_refusal_leads_to_the_removal_of_a_socket_file(Errno answer) =>
        Assert.DoesNotContain("rm ", BindFailure.SocketAdvice("/run/x", answer), StringComparison.Ordinal);

    [Fact]
    public void A_missing_directory_is_named() => Assert.Equal(
        $"cannot listen on {_directory}/no/socket: no such file or directory; there is no directory {_directory}/no",
        ErrorOf($"{_directory}/no/socket"));

    [Fact]
    public void An_address_that_no_interface_has_is_explained() => Assert.Equal(
        "cannot listen on [192.0.2.1]:8025: cannot assign requested address; no interface of this machine has that address; see: ip addr",
        ErrorOf("[192.0.2.1]:8025"));

    [Fact]
    public void A_link_local_address_without_a_zone_is_explained() => Assert.Equal(
        "cannot listen on [fe80::1]:8025: invalid argument; a link-local address needs a zone, such as [fe80::1%eth0]:8025",
        ErrorOf("[fe80::1]:8025"));

    [Theory]
    [InlineData(80, true)]
    [InlineData(1023, true)]
    [InlineData(1024, false)]
    public void A_privileged_port_that_is_denied_is_explained(int port, bool isExplained)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, port);
        string error = BindFailure.Explain("listen on", TestTunnel.Address(endPoint), endPoint, Errno.AccessDenied);
        string advice = isExplained ? "; ports below 1024 need root, then -u, or CAP_NET_BIND_SERVICE" : "";
        Assert.Equal($"cannot listen on [127.0.0.1]:{port}: permission denied{advice}", error);
    }

    private static string InTheWay(string path, string kind) =>
        $"cannot listen on {path}: address already in use; a file that is no socket is in the way ({kind}); choose another path";

    private Socket ListenAtPath(int backlog)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen(backlog);
        return listener;
    }

    private static string ErrorOf(string source)
    {
        Assert.True(TunnelAddress.TryParse(source, out TunnelAddress? address, out _));
        EndPoint endPoint = address.UnixPath is { } path
            ? new UnixDomainSocketEndPoint(path)
            : new IPEndPoint(address.IPAddress!, address.Port);
        using BoundSource? bound = BoundSource.TryBind(address, endPoint, out string? error);
        Assert.Null(bound);
        return error!;
    }
}
