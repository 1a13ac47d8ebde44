using System.Net;
using SpipedNet.Tunnel.Access;

namespace SpipedNet.Tunnel.Tests.Access;

/// <summary>Ranges of addresses: who is in one, and what is none.</summary>
public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0", true)]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.128/25", "192.0.2.127", false)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.0", false)]
    [InlineData("192.0.2.1/32", "192.0.2.1", true)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    [InlineData("2001:db8::1", "2001:db8::", false)]
    [InlineData("fe80::/10", "fe80::1%7", true)]
    [InlineData("::/0", "ffff::", true)]
    [InlineData(" 192.0.2.1 ", "192.0.2.1", true)]
    public void A_range_has_the_addresses_that_begin_as_it_does(string range, string address, bool isIn) =>
        Assert.Equal(isIn, Parse(range).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0/0", "::1")]
    [InlineData("::/0", "192.0.2.1")]
    public void A_range_of_one_family_has_no_address_of_the_other(string range, string address) =>
        Assert.False(Parse(range).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.3.7", false)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.0/120", "::ffff:192.0.3.7", false)]
    [InlineData("::/0", "::ffff:192.0.2.7", false)]
    public void An_IPv4_address_is_one_though_an_IPv6_socket_shows_it(string range, string address, bool isIn) =>
        Assert.Equal(isIn, Parse(range).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("192.0.2.1/24", "the network is 192.0.2.0/24, and 192.0.2.1 without a length is that one address")]
    [InlineData("192.0.2.1/0", "the network is 0.0.0.0/0, and 192.0.2.1 without a length is that one address")]
    [InlineData("2001:db8::1/64", "the network is 2001:db8::/64, and 2001:db8::1 without a length is that one address")]
    [InlineData("::1/0", "the network is ::/0, and ::1 without a length is that one address")]
    [InlineData("::ffff:192.0.2.1/120", "the network is 192.0.2.0/24, and 192.0.2.1 without a length is that one address")]
    public void Bits_beyond_the_prefix_are_an_error_that_names_the_network_meant(string text, string end) =>
        Assert.Equal($"the address has bits set beyond {text[text.IndexOf('/', StringComparison.Ordinal)..]}; {end}", ErrorOf(text));

    [Theory]
    [InlineData("", "the address is missing")]
    [InlineData("/24", "the address is missing")]
    [InlineData("localhost", "\"localhost\" is not an IP address")]
    [InlineData("192.0.2", "\"192.0.2\" is not an IP address")]
    [InlineData("192.0.2.010", "\"192.0.2.010\" is not an IP address")]
    [InlineData("192.0.2.1:80", "\"192.0.2.1:80\" is not an IP address")]
    [InlineData("192.0.2.1,192.0.2.2", "\"192.0.2.1,192.0.2.2\" is not an IP address")]
    [InlineData("[::1]/128", "it is written without brackets and has no port")]
    public void What_is_no_address_is_named_and_how_to_write_one(string text, string reason) =>
        Assert.Equal($"{reason}; write 192.0.2.0/24, 2001:db8::/32 or one address", ErrorOf(text));

    [Theory]
    [InlineData("192.0.2.0/33", "33", 32)]
    [InlineData("192.0.2.0/", "", 32)]
    [InlineData("192.0.2.0/-1", "-1", 32)]
    [InlineData("192.0.2.0/255.255.255.0", "255.255.255.0", 32)]
    [InlineData("::/129", "129", 128)]
    [InlineData("::/64/64", "64/64", 128)]
    public void A_prefix_has_as_many_bits_as_the_address_at_most(string text, string length, int most) =>
        Assert.Equal($"\"{length}\" is not the length of a prefix; that is a number from 0 to {most} here", ErrorOf(text));

    [Fact]
    public void A_zone_is_an_error() => Assert.Equal("a range has no zone; it holds on every interface", ErrorOf("fe80::1%lo"));

    private static AddressRange Parse(string text) =>
        AddressRange.TryParse(text, out AddressRange? range, out string? error) ? range : throw new FormatException(error);

    private static string ErrorOf(string text)
    {
        Assert.False(AddressRange.TryParse(text, out _, out string? error));
        return error;
    }
}
