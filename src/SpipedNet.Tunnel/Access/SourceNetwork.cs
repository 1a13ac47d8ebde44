using System.Buffers.Binary;
using System.Net;

namespace SpipedNet.Tunnel.Access;

/// <summary>Whom a connection is from: one address of IPv4, or the network of 2^64 that whoever has one of IPv6 has.</summary>
internal static class SourceNetwork
{
    /// <summary>A key for it; null for UNIX sockets, which have no address.</summary>
    public static ulong? Of(IPAddress? address)
    {
        if (address is null)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        AddressRange.Unmap(address).TryWriteBytes(bytes, out int length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
