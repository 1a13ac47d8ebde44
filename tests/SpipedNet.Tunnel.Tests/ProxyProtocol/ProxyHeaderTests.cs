using System.Net;
using System.Text;
using SpipedNet.Tunnel.ProxyProtocol;

namespace SpipedNet.Tunnel.Tests.ProxyProtocol;

/// <summary>The PROXY protocol's header beside what its specification (proxy-protocol.txt) shows and lays down.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("192.168.0.1", 56324, "192.168.0.11", 443, "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n")]
    [InlineData("255.255.255.255", 65535, "255.255.255.255", 65535, "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n")]
    [InlineData(
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535,
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")]
    [InlineData("2001:db8::1", 1, "::1", 2, "PROXY TCP6 2001:db8::1 ::1 1 2\r\n")]
    public void Version_1_is_a_line_of_text(string source, int sourcePort, string destination, int port, string line) =>
        Assert.Equal(line, Text(ProxyVersion.V1, EndPoint(source, sourcePort), EndPoint(destination, port)));

    [Theory]
    [InlineData("192.168.0.1", "192.168.0.11", "2111000C" + "C0A80001" + "C0A8000B" + "DC0401BB")]
    [InlineData(
        "2001:db8::1", "2001:db8::2",
        "21210024" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" + "DC0401BB")]
    public void Version_2_has_the_addresses_and_then_the_ports_in_network_order(string source, string destination, string rest) =>
        Assert.Equal(Signature + rest, Hex(ProxyVersion.V2, EndPoint(source, 56324), EndPoint(destination, 443)));

    [Fact]
    public void Without_addresses_version_1_says_that_the_client_is_unknown()
    {
        Assert.Equal("PROXY UNKNOWN\r\n", Text(ProxyVersion.V1, null, null));
        Assert.Equal("PROXY UNKNOWN\r\n", Text(ProxyVersion.V1, null, EndPoint("::1", 1)));
    }

    [Fact]
    public void Without_addresses_version_2_is_LOCAL() =>
        Assert.Equal(Signature + "20000000", Hex(ProxyVersion.V2, null, null));

    [Theory]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    public void An_IPv4_address_that_an_IPv6_socket_shows_is_one_of_IPv4(string source, string destination, string line)
    {
        Assert.Equal(line, Text(ProxyVersion.V1, EndPoint(source, 1), EndPoint(destination, 2)));
        Assert.Equal(
            Signature + "2111000C" + "C0000201" + "C0000202" + "00010002",
            Hex(ProxyVersion.V2, EndPoint(source, 1), EndPoint(destination, 2)));
    }

    [Theory]
    [InlineData("fe80::1%7", "fe80::2%7", "PROXY TCP6 fe80::1 fe80::2 1 2\r\n")]
    [InlineData("fe80::5efe:192.0.2.1", "::192.0.2.2", "PROXY TCP6 fe80:0:0:0:0:5efe:c000:201 0:0:0:0:0:0:c000:202 1 2\r\n")]
    public void Version_1_has_neither_zones_nor_dots_in_IPv6_addresses(string source, string destination, string line) =>
        Assert.Equal(line, Text(ProxyVersion.V1, EndPoint(source, 1), EndPoint(destination, 2)));

    [Fact]
    public void A_connection_of_our_own_is_LOCAL_in_version_2()
    {
        byte[] header = new byte[ProxyHeader.MaxLength];
        int length = ProxyHeader.WriteOwn(ProxyVersion.V2, EndPoint("192.0.2.1", 1), EndPoint("192.0.2.2", 2), header);
        Assert.Equal(Signature + "20000000", Convert.ToHexString(header, 0, length));
    }

    [Fact]
    public void A_connection_of_our_own_names_its_own_ends_in_version_1()
    {
        byte[] header = new byte[ProxyHeader.MaxLength];
        int length = ProxyHeader.WriteOwn(ProxyVersion.V1, EndPoint("192.0.2.1", 1), EndPoint("192.0.2.2", 2), header);
        Assert.Equal("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", Encoding.ASCII.GetString(header, 0, length));
    }

    private static IPEndPoint EndPoint(string address, int port) => new(IPAddress.Parse(address), port);

    private static string Text(ProxyVersion version, IPEndPoint? source, IPEndPoint? destination) =>
        Encoding.ASCII.GetString(Bytes(version, source, destination));

    private static string Hex(ProxyVersion version, IPEndPoint? source, IPEndPoint? destination) =>
        Convert.ToHexString(Bytes(version, source, destination));

    private static byte[] Bytes(ProxyVersion version, IPEndPoint? source, IPEndPoint? destination)
    {
        byte[] header = new byte[ProxyHeader.MaxLength];
        return header[..ProxyHeader.Write(version, source, destination, header)];
    }
}
