using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine.Tests;

public sealed class TunnelAddressTests
{
    [Theory]
    [InlineData("[127.0.0.1]:6379", "127.0.0.1", 6379)]
    [InlineData("[0.0.0.0]:1", "0.0.0.0", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("[2001:db8::1]:80", "2001:db8::1", 80)]
    [InlineData("[::ffff:192.0.2.1]:80", "::ffff:192.0.2.1", 80)]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("[127.0.0.1]:00080", "127.0.0.1", 80)]
    public void A_literal_address_needs_no_lookup(string text, string ip, int port)
    {
        TunnelAddress address = Parse(text);
        Assert.Equal(IPAddress.Parse(ip), address.IPAddress);
        Assert.Equal(port, address.Port);
        Assert.Null(address.HostName);
        Assert.Null(address.UnixPath);
    }

    [Theory]
    [InlineData("[fe80::1%lo]:80")]
    [InlineData("[fe80::1%1]:80")]
    public void A_zone_is_an_interface_or_its_number(string text)
    {
        // The loopback interface is the first of every network namespace.
        Assert.Equal(1, Parse(text).IPAddress!.ScopeId);
    }

    [Theory]
    [InlineData("localhost:80", "localhost")]
    [InlineData("db.example.com:6379", "db.example.com")]
    [InlineData("under_score-1:1", "under_score-1")]
    [InlineData("127.1:80", "127.1")]
    public void Anything_else_before_the_port_is_a_host_name(string text, string host)
    {
        TunnelAddress address = Parse(text);
        Assert.Equal(host, address.HostName);
        Assert.Null(address.IPAddress);
    }

    [Theory]
    [InlineData("/run/redis.sock")]
    [InlineData("/a path:with [both]")]
    public void A_slash_begins_the_path_of_a_UNIX_socket(string text) => Assert.Equal(text, Parse(text).UnixPath);

    [Theory]
    [InlineData(" [0.0.0.0]:6379")]
    [InlineData("\t[0.0.0.0]:6379 \n")]
    public void Surrounding_white_space_does_not_count(string text)
    {
        Assert.Equal(IPAddress.Any, Parse(text).IPAddress);
        Assert.Equal("[0.0.0.0]:6379", Parse(text).ToString());
    }

    [Fact]
    public void A_path_of_107_bytes_fits()
    {
        string path = "/" + new string('x', 106);
        Assert.Equal(path, Parse(path).UnixPath);
    }

    [Theory]
    [InlineData("", "it is empty; write host:port, [ip]:port or /path")]
    [InlineData("  ", "it is empty; write host:port, [ip]:port or /path")]
    [InlineData("localhost", "the port is missing; write host:port or [ip]:port")]
    [InlineData("[127.0.0.1]", "the port is missing; write host:port or [ip]:port")]
    [InlineData("[127.0.0.1", "the closing ] is missing; write [ip]:port")]
    [InlineData("[127.0.0.1:80", "the closing ] is missing; write [ip]:port")]
    [InlineData("[127.0.0.1]80", "only :port may follow the ]")]
    [InlineData("127.0.0.1]:80", "\"127.0.0.1]\" is not a host name; an IP address is written [ip]:port")]
    [InlineData("[localhost]:80", "\"localhost\" is not an IP address; a host name goes without brackets")]
    [InlineData("[127.1]:80", "\"127.1\" is not an IP address; a host name goes without brackets")]
    [InlineData("[127.0.0.01]:80", "\"127.0.0.01\" is not an IP address; a host name goes without brackets")]
    [InlineData("[0x7f.0.0.1]:80", "\"0x7f.0.0.1\" is not an IP address; a host name goes without brackets")]
    [InlineData("[]:80", "\"\" is not an IP address; a host name goes without brackets")]
    [InlineData("[[::1]]:80", "\"[::1\" is not an IP address; a host name goes without brackets")]
    [InlineData("[::1/64]:80", "\"::1/64\" is not an IP address; a host name goes without brackets")]
    [InlineData("::1:80", "an IPv6 address is written in brackets: [address]:port")]
    [InlineData("[fe80::1%no-such0]:80", "there is no network interface \"no-such0\"")]
    [InlineData("[fe80::1%]:80", "there is no network interface \"\"")]
    [InlineData(":80", "the host is missing; write host:port, or [0.0.0.0]:port for every address")]
    [InlineData("two words:80", "a host name contains no white space")]
    [InlineData("host\u0007:80", "it contains a control character")]
    [InlineData("[127.0.0.1]:0", "\"0\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost:65536", "\"65536\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost:99999999999", "\"99999999999\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost:-1", "\"-1\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost:+1", "\"+1\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost: 80", "\" 80\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost:http", "\"http\" is not a port; a port is a number from 1 to 65535")]
    [InlineData("localhost:", "the port is missing; write host:port or [ip]:port")]
    [InlineData("[127.0.0.1]:", "the port is missing; write host:port or [ip]:port")]
    [InlineData("tcp://host:80", "it is no URL: leave out tcp:// and write host:port or [ip]:port")]
    [InlineData("redis://host", "it is no URL: leave out redis:// and write host:port or [ip]:port")]
    [InlineData("db.example.com:7:8", "\"db.example.com:7\" is not a host name; an IP address is written [ip]:port")]
    [InlineData("2001:db8::1", "an IPv6 address is written in brackets: [address]:port")]
    [InlineData("a..b:80", "\"a..b\" is not a host name; an IP address is written [ip]:port")]
    [InlineData(".b:80", "\".b\" is not a host name; an IP address is written [ip]:port")]
    [InlineData("./sock", "the path of a UNIX socket is absolute: it begins with /")]
    [InlineData("run/sock:1", "the path of a UNIX socket is absolute: it begins with /")]
    public void What_is_no_address_is_explained(string text, string expected)
    {
        Assert.False(TunnelAddress.TryParse(text, out TunnelAddress? address, out string? error));
        Assert.Null(address);
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("/run/x", "/run/y/../x")]
    [InlineData("[127.0.0.1]:7", "127.0.0.1:7")]
    [InlineData("[127.0.0.1]:7", "[::ffff:127.0.0.1]:7")]
    [InlineData("[127.0.0.1]:7", "[0.0.0.0]:7")]
    [InlineData("[127.0.0.1]:7", "localhost:7")]
    [InlineData("[::1]:7", "LOCALHOST:7")]
    [InlineData("localhost:7", "[127.0.0.1]:7")]
    [InlineData("[0.0.0.0]:7", "[0.0.0.0]:7")]
    [InlineData("[0.0.0.0]:7", "[127.0.0.2]:7")]
    [InlineData("[0.0.0.0]:7", "localhost:7")]
    [InlineData("[::]:7", "[::1]:7")]
    [InlineData("db.example.com:7", "DB.example.com:7")]
    public void A_target_may_lead_back_to_the_source(string source, string target) => Assert.True(Parse(target).LeadsTo(Parse(source)));

    [Theory]
    [InlineData("/run/x", "/run/y")]
    [InlineData("/run/x", "[127.0.0.1]:7")]
    [InlineData("[127.0.0.1]:7", "/run/x")]
    [InlineData("[127.0.0.1]:7", "[127.0.0.1]:8")]
    [InlineData("[127.0.0.1]:7", "[127.0.0.2]:7")]
    [InlineData("[127.0.0.1]:7", "[::1]:7")]
    [InlineData("[0.0.0.0]:7", "[192.0.2.1]:7")]
    [InlineData("[0.0.0.0]:7", "[::1]:7")]
    [InlineData("[::]:7", "[2001:db8::1]:7")]
    [InlineData("[192.0.2.1]:7", "[0.0.0.0]:7")]
    [InlineData("[127.0.0.1]:7", "db.example.com:7")]
    [InlineData("db-a.example.com:7", "db-b.example.com:7")]
    public void A_target_elsewhere_does_not(string source, string target) => Assert.False(Parse(target).LeadsTo(Parse(source)));

    [Fact]
    public void A_path_of_108_bytes_is_too_long()
    {
        // Of 55 characters, half of them two bytes long.
        string path = "/" + new string('x', 1) + new string('é', 53);
        Assert.False(TunnelAddress.TryParse(path, out _, out string? error));
        Assert.Equal("the path of a UNIX socket has at most 107 bytes", error);
    }

    [Theory]
    [InlineData("[192.0.2.1]", 0)]
    [InlineData("[192.0.2.1]:0", 0)]
    [InlineData("[::1]", 0)]
    [InlineData("localhost", 0)]
    [InlineData("localhost:99", 99)]
    public void A_bind_address_may_leave_the_port_to_the_system(string text, int port)
    {
        Assert.True(TunnelAddress.TryParseBind(text, out TunnelAddress? address, out _));
        Assert.Equal(port, address.Port);
    }

    [Theory]
    [InlineData("[::1", "the closing ] is missing; write [ip]:port")]
    [InlineData("::1", "an IPv6 address is written in brackets: [address]:port")]
    [InlineData("localhost:x", "\"x\" is not a port; a port is a number from 1 to 65535")]
    public void What_is_no_bind_address_is_explained(string text, string expected)
    {
        Assert.False(TunnelAddress.TryParseBind(text, out _, out string? error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void An_end_point_of_a_library_is_the_address_that_it_names()
    {
        Assert.Equal(Parse("[192.0.2.1]:80"), TunnelAddress.Of(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80)));
        Assert.Equal(Parse("[::1]:80"), TunnelAddress.Of(new IPEndPoint(IPAddress.IPv6Loopback, 80)));
        Assert.Equal(Parse("db.example.com:80"), TunnelAddress.Of(new DnsEndPoint("db.example.com", 80)));
        Assert.Equal(Parse("[::1]:80"), TunnelAddress.Of(new DnsEndPoint("::1", 80)));
        Assert.Equal(Parse("/run/x.sock"), TunnelAddress.Of(new UnixDomainSocketEndPoint("/run/x.sock")));
    }

    [Fact]
    public void What_cannot_be_parsed_is_explained_by_the_exception()
    {
        FormatException failure = Assert.Throws<FormatException>(() => TunnelAddress.Parse("localhost"));
        Assert.Equal("\"localhost\" is no address: the port is missing; write host:port or [ip]:port", failure.Message);
    }

    [Fact]
    public void Equal_text_is_an_equal_address()
    {
        Assert.Equal(Parse("[::1]:80"), Parse(" [::1]:80"));
        Assert.NotEqual(Parse("[::1]:80"), Parse("[::1]:81"));
    }

    private static TunnelAddress Parse(string text)
    {
        Assert.True(TunnelAddress.TryParse(text, out TunnelAddress? address, out string? error), error);
        return address;
    }
}
