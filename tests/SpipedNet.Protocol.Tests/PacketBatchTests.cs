using System.Security.Cryptography;

namespace SpipedNet.Protocol.Tests;

/// <summary>Batches of every size around those that the kernels take at once.</summary>
public sealed class PacketBatchTests
{
    public static TheoryData<int> Counts => [.. Enumerable.Range(1, 70)];

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_batch_opens_disjoint_and_in_place_to_the_same_bytes(int count)
    {
        using var pair = new SessionPair();
        using var inPlace = new PacketOpener(pair.Keys);
        byte[] payload = RandomNumberGenerator.GetBytes((count * Packet.MaxPayload) - (count % Packet.MaxPayload));
        byte[] packets = pair.Seal(payload);
        (OpenStatus status, byte[] opened) = pair.Open(packets);
        Assert.Equal(OpenStatus.Opened, status);
        Assert.Equal(payload, opened);
        Assert.Equal(new OpenResult(OpenStatus.Opened, payload.Length), inPlace.Open(packets, packets));
        Assert.Equal(payload, packets[..payload.Length]);
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_batch_opened_in_place_delivers_what_comes_before_a_damaged_packet(int count)
    {
        using var pair = new SessionPair();
        byte[] payload = RandomNumberGenerator.GetBytes(count * Packet.MaxPayload);
        byte[] packets = pair.Seal(payload);
        int bad = RandomNumberGenerator.GetInt32(count);
        packets[(bad * Packet.Size) + RandomNumberGenerator.GetInt32(Packet.Size)] ^= 1;
        int good = bad * Packet.MaxPayload;
        Assert.Equal(new OpenResult(OpenStatus.BadMac, good), pair.Opener.Open(packets, packets));
        Assert.Equal(payload[..good], packets[..good]);
    }
}
