using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SpipedNet.Tunnel.Access;

namespace SpipedNet.Tunnel;

/// <summary>
/// An address as spiped writes it: <c>/path</c> of a UNIX socket, <c>host.name:port</c>, <c>[192.0.2.1]:port</c>
/// or <c>[2001:db8::1]:port</c> (a zone id such as <c>%eth0</c> is allowed). A value: equal text, equal address.
/// </summary>
public sealed record TunnelAddress
{
    // sizeof(sockaddr_un.sun_path) is 108 on Linux, and a path there ends with a NUL.
    private const int MaxUnixPathBytes = 107;

    private const string PassedText = "systemd:";

    private TunnelAddress(string text) => Text = text;

    /// <summary>The address as it was written, without surrounding white space.</summary>
    public string Text { get; }

    /// <summary>The path of the UNIX socket; null for TCP.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>The literal IP address; null for a host name or a UNIX socket.</summary>
    public IPAddress? IPAddress { get; private init; }

    /// <summary>The host name to look up; null for a literal address or a UNIX socket.</summary>
    public string? HostName { get; private init; }

    /// <summary>The TCP port; 0 for a UNIX socket, or for a bind address whose port the kernel chooses.</summary>
    public int Port { get; private init; }

    /// <summary>Whether it is <c>systemd:</c>: no address, but the listening socket that this process was started with.</summary>
    internal bool IsPassed { get; private init; }

    /// <inheritdoc/>
    public override string ToString() => IsPassed ? "the passed socket" : Text;

    /// <summary>Whether one process cannot listen at both, as far as that is known without looking names up.</summary>
    internal bool Overlaps(TunnelAddress other)
    {
        if (UnixPath is not null || other.UnixPath is not null)
            return UnixPath is not null && other.UnixPath is not null && Path.GetFullPath(UnixPath) == Path.GetFullPath(other.UnixPath);
        if (Port != other.Port)
            return false;
        if (IPAddress is null || other.IPAddress is null)
            return string.Equals(HostName, other.HostName, StringComparison.OrdinalIgnoreCase) && HostName is not null;
        IPAddress one = AddressRange.Unmap(IPAddress), two = AddressRange.Unmap(other.IPAddress);
        // [::] takes IPv4 as well, unless net.ipv6.bindv6only is set.
        return one.Equals(two) || IsEveryAddressFor(one, two) || IsEveryAddressFor(two, one)
            || System.Net.IPAddress.IPv6Any.Equals(one) || System.Net.IPAddress.IPv6Any.Equals(two);
    }

    /// <summary>Whether who connects to it comes to a source of this machine, as far as that is known without looking names up.</summary>
    internal bool LeadsTo(TunnelAddress source) =>
        IPAddress is null && Overlaps(source) || Port == source.Port && Reached.Any(source.Takes);

    private bool Takes(IPAddress ip) => Reached.Contains(ip)
        || IPAddress is not null && System.Net.IPAddress.IsLoopback(ip) && IsEveryAddressFor(AddressRange.Unmap(IPAddress), ip);

    // localhost is either or both of the loopback addresses (RFC 6761, 6.3).
    private IPAddress[] Reached => IPAddress is not null ? [Reach(AddressRange.Unmap(IPAddress))]
        : string.Equals(HostName, "localhost", StringComparison.OrdinalIgnoreCase) ? [System.Net.IPAddress.Loopback, System.Net.IPAddress.IPv6Loopback]
        : [];

    // Who connects to every address comes to the loopback one.
    private static IPAddress Reach(IPAddress ip) => System.Net.IPAddress.Any.Equals(ip) ? System.Net.IPAddress.Loopback
        : System.Net.IPAddress.IPv6Any.Equals(ip) ? System.Net.IPAddress.IPv6Loopback
        : ip;

    private static bool IsEveryAddressFor(IPAddress every, IPAddress ip) =>
        every.AddressFamily == ip.AddressFamily && (System.Net.IPAddress.Any.Equals(every) || System.Net.IPAddress.IPv6Any.Equals(every));

    /// <summary>Parses a source address (<c>-s</c>), which may be <c>systemd:</c>.</summary>
    /// <inheritdoc cref="TryParse(string, out TunnelAddress?, out string?)"/>
    internal static bool TryParseSource(
        string text, [NotNullWhen(true)] out TunnelAddress? address, [NotNullWhen(false)] out string? error)
    {
        if (text.Trim() != PassedText)
            return TryParse(text, out address, out error);
        address = new TunnelAddress(PassedText) { IsPassed = true };
        error = null;
        return true;
    }

    /// <summary>Parses a target address (<c>-t</c>), or a source that is an address.</summary>
    /// <param name="text">The address; surrounding white space is ignored (spiped#188).</param>
    /// <param name="address">The address, when the result is true.</param>
    /// <param name="error">Why it is none and how to write it, when the result is false.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out TunnelAddress? address, [NotNullWhen(false)] out string? error)
        => TryParse(text.Trim(), isPortOptional: false, out address, out error);

    /// <summary>Parses a bind address (<c>-b</c>), whose port may be left out.</summary>
    /// <inheritdoc cref="TryParse(string, out TunnelAddress?, out string?)"/>
    internal static bool TryParseBind(
        string text, [NotNullWhen(true)] out TunnelAddress? address, [NotNullWhen(false)] out string? error)
        => TryParse(text.Trim(), isPortOptional: true, out address, out error);

    /// <summary>Parses a target address that is known to be one, such as a constant.</summary>
    /// <exception cref="FormatException">It is none; the message says why and how to write it.</exception>
    public static TunnelAddress Parse(string text) => TryParse(text, out TunnelAddress? address, out string? error)
        ? address
        : throw new FormatException($"\"{text}\" is no address: {error}");

    /// <summary>The address that a library has connected to itself otherwise.</summary>
    /// <exception cref="ArgumentException">It is neither of TCP nor of a UNIX socket.</exception>
    public static TunnelAddress Of(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint name => Parse(name.Host.Contains(':', StringComparison.Ordinal) ? $"[{name.Host}]:{name.Port}" : $"{name.Host}:{name.Port}"),
        IPEndPoint ip => Parse($"[{ip.Address}]:{ip.Port}"),
        UnixDomainSocketEndPoint path => Parse(path.ToString()),
        _ => throw new ArgumentException($"{endPoint.AddressFamily} is neither TCP nor a UNIX socket", nameof(endPoint)),
    };

    private static bool TryParse(
        string text, bool isPortOptional, [NotNullWhen(true)] out TunnelAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        if (text.Length == 0)
            error = "it is empty; write host:port, [ip]:port or /path";
        else if (text.Any(char.IsControl))
            error = "it contains a control character";
        else if (text[0] == '/')
            error = ParseUnixPath(text, out address);
        else if (text[0] == '[')
            error = ParseLiteral(text, isPortOptional, out address);
        else
            error = ParseHostName(text, isPortOptional, out address);
        return error is null && address is not null;
    }

    private static string? ParseUnixPath(string text, out TunnelAddress? address)
    {
        address = null;
        if (Encoding.UTF8.GetByteCount(text) > MaxUnixPathBytes)
            return $"the path of a UNIX socket has at most {MaxUnixPathBytes} bytes";
        address = new TunnelAddress(text) { UnixPath = text };
        return null;
    }

    private static string? ParseLiteral(string text, bool isPortOptional, out TunnelAddress? address)
    {
        address = null;
        int close = text.IndexOf(']', StringComparison.Ordinal);
        if (close < 0)
            return "the closing ] is missing; write [ip]:port";
        string literal = text[1..close];
        if (!TryParseIPAddress(literal, out IPAddress? ip))
            return $"\"{literal}\" is not an IP address; a host name goes without brackets";
        // The runtime takes an interface that does not exist for none at all, and would then use any.
        int zone = literal.IndexOf('%', StringComparison.Ordinal);
        if (zone >= 0 && ip.ScopeId == 0)
            return $"there is no network interface \"{literal[(zone + 1)..]}\"";
        string? error = ParsePort(text[(close + 1)..], isPortOptional, out int port);
        if (error is not null)
            return error;
        address = new TunnelAddress(text) { IPAddress = ip, Port = port };
        return null;
    }

    private static string? ParseHostName(string text, bool isPortOptional, out TunnelAddress? address)
    {
        address = null;
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
            return $"it is no URL: leave out {text[..(scheme + 3)]} and write host:port or [ip]:port";
        if (text.Contains('/', StringComparison.Ordinal))
            return "the path of a UNIX socket is absolute: it begins with /";
        if (host.Length == 0)
            return "the host is missing; write host:port, or [0.0.0.0]:port for every address";
        if (host.Contains(':', StringComparison.Ordinal) && (TryParseIPAddress(host, out _) || TryParseIPAddress(text, out _)))
            return "an IPv6 address is written in brackets: [address]:port";
        if (host.Any(char.IsWhiteSpace))
            return "a host name contains no white space";
        if (host.AsSpan().ContainsAny('[', ']', ':') || host[0] == '.' || host.Contains("..", StringComparison.Ordinal))
            return $"\"{host}\" is not a host name; an IP address is written [ip]:port";
        string? error = ParsePort(colon < 0 ? "" : text[colon..], isPortOptional, out int port);
        if (error is not null)
            return error;
        // An IPv4 address without brackets is what getaddrinfo, and so spiped, takes for itself: nothing to look up.
        address = TryParseIPAddress(host, out IPAddress? ip)
            ? new TunnelAddress(text) { IPAddress = ip, Port = port }
            : new TunnelAddress(text) { HostName = host, Port = port };
        return null;
    }

    private static string? ParsePort(string suffix, bool isOptional, out int port)
    {
        port = 0;
        if (suffix.Length == 0 && isOptional)
            return null;
        if (suffix is "" or ":")
            return "the port is missing; write host:port or [ip]:port";
        if (suffix[0] != ':')
            return "only :port may follow the ]";
        bool isNumber = int.TryParse(suffix.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port);
        if (isNumber && port is >= 1 and <= 65535 || isNumber && isOptional && port == 0)
            return null;
        return $"\"{suffix[1..]}\" is not a port; a port is a number from 1 to 65535";
    }

    internal static bool TryParseIPAddress(string literal, [NotNullWhen(true)] out IPAddress? ip)
    {
        if (!literal.Contains(':', StringComparison.Ordinal))
            return TryParseIPv4(literal, out ip);
        ip = null;
        return literal[0] != '[' && System.Net.IPAddress.TryParse(literal, out ip);
    }

    // As inet_pton, and so spiped; IPAddress.TryParse also takes "1.2", hexadecimal and octal forms.
    private static bool TryParseIPv4(string literal, [NotNullWhen(true)] out IPAddress? ip)
    {
        ip = null;
        string[] parts = literal.Split('.');
        Span<byte> bytes = stackalloc byte[4];
        if (parts.Length != bytes.Length)
            return false;
        for (int i = 0; i < parts.Length; i++)
        {
            bool isOctal = parts[i].Length > 1 && parts[i][0] == '0';
            if (isOctal || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                return false;
        }

        ip = new IPAddress(bytes);
        return true;
    }
}
