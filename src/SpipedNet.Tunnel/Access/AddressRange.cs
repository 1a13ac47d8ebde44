using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Access;

/// <summary>
/// A range of IP addresses as <c>--allow</c> has it: <c>192.0.2.0/24</c>, <c>2001:db8::/32</c>, or one address. The IPv4
/// addresses that IPv6 sockets show as <c>::ffff:192.0.2.1</c> are IPv4 addresses, in ranges and of peers.
/// </summary>
internal sealed record AddressRange
{
    private const int IPv4Bits = 32, IPv6Bits = 128;
    private const string HowToWrite = "write 192.0.2.0/24, 2001:db8::/32 or one address";

    private readonly AddressFamily _family;
    private readonly UInt128 _network;
    private readonly int _suffixBits;

    private AddressRange(AddressFamily family, UInt128 network, int suffixBits) =>
        (_family, _network, _suffixBits) = (family, network, suffixBits);

    /// <summary>Parses a range.</summary>
    /// <param name="text">The range; surrounding white space is ignored, as around addresses.</param>
    /// <param name="range">The range, when the result is true.</param>
    /// <param name="error">Why it is none and how to write it, when the result is false.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AddressRange? range, [NotNullWhen(false)] out string? error)
    {
        range = null;
        text = text.Trim();
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string literal = slash < 0 ? text : text[..slash];
        if (literal.StartsWith('['))
            error = $"it is written without brackets and has no port; {HowToWrite}";
        else if (literal.Contains('%', StringComparison.Ordinal))
            error = "a range has no zone; it holds on every interface";
        else if (!TunnelAddress.TryParseIPAddress(literal, out IPAddress? address))
            error = $"{(literal.Length == 0 ? "the address is missing" : $"\"{literal}\" is not an IP address")}; {HowToWrite}";
        else
            error = Parse(address, slash < 0 ? null : text[(slash + 1)..], out range);
        return error is null && range is not null;
    }

    /// <summary>As it is written.</summary>
    public override string ToString()
    {
        IPAddress network = Format(_family, _network);
        return _suffixBits == 0 ? network.ToString() : $"{network}/{BitsOf(_family) - _suffixBits}";
    }

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(IPAddress address)
    {
        address = Unmap(address);
        return address.AddressFamily == _family && Shift(Number(address)) == Shift(_network);
    }

    /// <summary>An address of IPv4 as one, though an IPv6 socket has shown it.</summary>
    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string? Parse(IPAddress address, string? length, out AddressRange? range)
    {
        range = null;
        int bits = BitsOf(address.AddressFamily);
        int prefix = bits;
        if (length is not null
            && (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
            return $"\"{length}\" is not the length of a prefix; that is a number from 0 to {bits} here";
        // ::ffff:192.0.2.0/120 is 192.0.2.0/24.
        if (address.IsIPv4MappedToIPv6 && prefix >= IPv6Bits - IPv4Bits)
            (address, prefix) = (address.MapToIPv4(), prefix - (IPv6Bits - IPv4Bits));
        var parsed = new AddressRange(address.AddressFamily, Number(address), BitsOf(address.AddressFamily) - prefix);
        var network = parsed.Shift(parsed._network) << (parsed._suffixBits % IPv6Bits);
        if (network != parsed._network)
            return $"the address has bits set beyond /{length}; the network is {Format(address.AddressFamily, network)}/{prefix}, "
                + $"and {address} without a length is that one address";
        range = parsed;
        return null;
    }

    // Shifting by all 128 bits would shift by none.
    private UInt128 Shift(UInt128 number) => _suffixBits == IPv6Bits ? 0 : number >> _suffixBits;

    private static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetwork ? IPv4Bits : IPv6Bits;

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[IPv6Bits / 8];
        address.TryWriteBytes(bytes, out int length);
        return length == IPv4Bits / 8 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IPAddress Format(AddressFamily family, UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[IPv6Bits / 8];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes[^(BitsOf(family) / 8)..]);
    }
}
