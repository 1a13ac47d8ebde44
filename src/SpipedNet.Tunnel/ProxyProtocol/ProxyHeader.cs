using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Unicode;
using SpipedNet.Tunnel.Access;

namespace SpipedNet.Tunnel.ProxyProtocol;

/// <summary>Which of its two forms the header has.</summary>
internal enum ProxyVersion
{
    /// <summary>A line of text.</summary>
    V1,

    /// <summary>Binary.</summary>
    V2,
}

/// <summary>
/// The header that tells a server who is at the other end of a connection that a proxy makes for a client: HAProxy's PROXY
/// protocol (proxy-protocol.txt, sections 2.1 and 2.2).
/// </summary>
internal static class ProxyHeader
{
    /// <summary>The longest header: a line of version 1 with two IPv6 addresses is never longer than this.</summary>
    public const int MaxLength = 107;

    private const byte Local = 0x20, Proxy = 0x21;
    private const byte NoFamily = 0x00, TcpOverIPv4 = 0x11, TcpOverIPv6 = 0x21;
    private const int FixedLength = 16;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>
    /// Writes the header of a connection on a client's behalf. A client without an address is one of nobody: in version 2
    /// the specification would have it of an unspecified family, but HAProxy 2.6 refuses that, and none may refuse LOCAL.
    /// </summary>
    /// <param name="version">Its form.</param>
    /// <param name="source">The client; null when it has no address, as at a UNIX socket.</param>
    /// <param name="destination">Where the client has connected to.</param>
    /// <param name="header">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many of them it is.</returns>
    public static int Write(ProxyVersion version, IPEndPoint? source, IPEndPoint? destination, Span<byte> header)
    {
        if (source is null || destination is null)
            return version == ProxyVersion.V1 ? WriteUnknown(header) : WriteLocal(header);
        var (from, to) = (WithoutZone(source), WithoutZone(destination));
        return version == ProxyVersion.V1 ? WriteText(from, to, header) : WriteBinary(from, to, header);
    }

    /// <summary>
    /// Writes the header of a connection that the proxy makes for itself, such as a check. Version 1 has no word for that,
    /// and names the connection's own ends, since some servers refuse a client that is unknown.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public static int WriteOwn(ProxyVersion version, IPEndPoint? source, IPEndPoint? destination, Span<byte> header) =>
        version == ProxyVersion.V1 ? Write(version, source, destination, header) : WriteLocal(header);

    private static int WriteLocal(Span<byte> header) => WriteFixed(header, Local, NoFamily, length: 0);

    private static int WriteUnknown(Span<byte> header)
    {
        ReadOnlySpan<byte> line = "PROXY UNKNOWN\r\n"u8;
        line.CopyTo(header);
        return line.Length;
    }

    private static int WriteText(IPEndPoint from, IPEndPoint to, Span<byte> header)
    {
        string family = from.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        Utf8.TryWrite(
            header, $"PROXY {family} {Format(from.Address)} {Format(to.Address)} {from.Port} {to.Port}\r\n", out int length);
        return length;
    }

    private static int WriteBinary(IPEndPoint from, IPEndPoint to, Span<byte> header)
    {
        Span<byte> addresses = header[FixedLength..];
        from.Address.TryWriteBytes(addresses, out int size);
        to.Address.TryWriteBytes(addresses[size..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(addresses[(2 * size)..], (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(addresses[(2 * size + sizeof(ushort))..], (ushort)to.Port);
        byte family = from.AddressFamily == AddressFamily.InterNetwork ? TcpOverIPv4 : TcpOverIPv6;
        return WriteFixed(header, Proxy, family, 2 * (size + sizeof(ushort)));
    }

    private static int WriteFixed(Span<byte> header, byte command, byte family, int length)
    {
        Signature.CopyTo(header);
        header[Signature.Length] = command;
        header[Signature.Length + 1] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[(FixedLength - sizeof(ushort))..], (ushort)length);
        return FixedLength + length;
    }

    // Both are of one socket, and so of one family: one that takes IPv4 at an IPv6 socket shows both as mapped.
    private static IPEndPoint WithoutZone(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        AddressRange.Unmap(endPoint.Address).TryWriteBytes(bytes, out int length);
        return new IPEndPoint(new IPAddress(bytes[..length]), endPoint.Port);
    }

    // Version 1 allows no IPv4 within an IPv6 address, which .NET writes for some.
    private static string Format(IPAddress address)
    {
        string text = address.ToString();
        if (address.AddressFamily == AddressFamily.InterNetwork || !text.Contains('.', StringComparison.Ordinal))
            return text;
        byte[] bytes = address.GetAddressBytes();
        return string.Join(':', bytes.Chunk(2).Select(group => $"{group[0] << 8 | group[1]:x}"));
    }
}
