using System.Security.Cryptography;

namespace SpipedNet.Protocol.Tests;

/// <summary>A sealer and the opener of the same direction, with random keys.</summary>
internal sealed class SessionPair : IDisposable
{
    public SessionPair()
    {
        Keys = RandomNumberGenerator.GetBytes(64);
        Sealer = new PacketSealer(Keys);
        Opener = new PacketOpener(Keys);
    }

    public byte[] Keys { get; }

    public PacketSealer Sealer { get; }

    public PacketOpener Opener { get; }

    public byte[] Seal(ReadOnlySpan<byte> payload)
    {
        byte[] packets = new byte[Packet.CountFor(payload.Length) * Packet.Size];
        Assert.Equal(packets.Length, Sealer.Seal(payload, packets));
        return packets;
    }

    public (OpenStatus Status, byte[] Payload) Open(ReadOnlySpan<byte> packets)
    {
        byte[] copy = packets.ToArray();
        byte[] payload = new byte[packets.Length];
        OpenResult result = Opener.Open(copy, payload);
        return (result.Status, payload[..result.Length]);
    }

    public void Dispose()
    {
        Sealer.Dispose();
        Opener.Dispose();
    }
}
