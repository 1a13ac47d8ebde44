using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using SpipedNet.Tunnel;

namespace SpipedNet.CommandLine;

/// <summary>One host with a Redis of a mesh, as <c>--node NAME=ADDRESS</c> names it.</summary>
/// <param name="Name">Its name, a part of the names of units.</param>
/// <param name="Host">Where the other hosts reach it: a host name, or an IP address in brackets.</param>
/// <param name="IsHostName">Whether <paramref name="Host"/> has to be looked up.</param>
internal sealed record RedisMeshNode(string Name, string Host, bool IsHostName)
{
    private const int LongestName = 63;

    /// <summary>Its place among the nodes, from 1.</summary>
    public int Number { get; init; }

    /// <summary>The address at which it is reached on every host, itself included.</summary>
    public IPAddress MeshAddress => new([127, 0, 2, (byte)Number]);

    /// <summary>Parses NAME=ADDRESS.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out RedisMeshNode? node, [NotNullWhen(false)] out string? error)
    {
        node = null;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            error = "write NAME=ADDRESS";
            return false;
        }

        string name = text[..equals];
        error = CheckName(name) ?? ParseHost(text[(equals + 1)..], out node);
        node = node is null ? null : node with { Name = name };
        return error is null && node is not null;
    }

    private static string? CheckName(string name)
    {
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            return $"a node's name is of letters, digits and hyphens, at most {LongestName}, for it becomes a part of units' names";
        return name == "mesh" ? "redis-mesh.key is the key of all nodes, so none is named mesh" : null;
    }

    private static string? ParseHost(string text, out RedisMeshNode? node)
    {
        node = null;
        if (text.Length == 0)
            return "the address is missing; write NAME=ADDRESS";
        bool isBareIPv6 = text[0] != '[' && IPAddress.TryParse(text, out IPAddress? bare) && bare.AddressFamily == AddressFamily.InterNetworkV6;
        string host = isBareIPv6 ? $"[{text}]" : text;
        if (TunnelAddress.TryParse(host, out TunnelAddress? whole, out _))
            return whole.UnixPath is null ? "leave out the port: --port is that of all nodes" : "a UNIX socket is reached by its own host only";
        // A port that nobody sees: TunnelAddress knows what a host is.
        if (!TunnelAddress.TryParse($"{host}:1", out TunnelAddress? address, out string? error))
            return error;
        node = new RedisMeshNode("", address.IPAddress is null || host[0] == '[' ? host : $"[{host}]", address.IPAddress is null);
        return address.IPAddress is { } ip ? CheckReach(ip) : CheckHostName(host);
    }

    private static string? CheckReach(IPAddress ip) =>
        IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
            ? "no other host reaches it there; write the address that they use"
            : null;

    // It becomes a part of a script and of systemd's settings: nothing that either could take for more.
    private static string? CheckHostName(string name)
    {
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') || name[0] == '-')
            return $"\"{name}\" is not a host name";
        return name.TrimEnd('.').Split('.')[^1].All(char.IsAsciiDigit) ? $"\"{name}\" is neither an IP address nor a host name" : null;
    }
}
