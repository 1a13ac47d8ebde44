using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace SpipedNet.Protocol.Tests;

/// <summary>What holds of packets whatever they carry and however they are cut.</summary>
public sealed class PacketPropertyTests
{
    private static readonly Arbitrary<int[]> Splits = Gen.Choose(0, 5000).ArrayOf().Select(sizes => sizes.Take(20).ToArray()).ToArbitrary();

    [Fact]
    public void Sealed_packets_of_any_split_open_to_the_same_bytes_in_any_grouping() =>
        Prop.ForAll(Splits, Splits, (sizes, groups) =>
        {
            using var pair = new SessionPair();
            byte[][] payloads = [.. sizes.Select(Payload)];
            byte[] packets = [.. payloads.SelectMany(payload => pair.Seal(payload))];
            var opened = new List<byte>();
            foreach (Range group in Groups(packets.Length / Packet.Size, groups))
            {
                (OpenStatus status, byte[] payload) = pair.Open(packets.AsSpan((group.Start.Value * Packet.Size)..(group.End.Value * Packet.Size)));
                Assert.Equal(OpenStatus.Opened, status);
                opened.AddRange(payload);
            }

            return opened.SequenceEqual(payloads.SelectMany(payload => payload));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(70)]
    public void A_batch_opens_in_place(int count)
    {
        using var pair = new SessionPair();
        byte[] payload = Payload(count * Packet.MaxPayload - 5);
        byte[] packets = pair.Seal(payload);
        OpenResult result = pair.Opener.Open(packets, packets);
        Assert.Equal(new OpenResult(OpenStatus.Opened, payload.Length), result);
        Assert.Equal(payload, packets[..payload.Length]);
    }

    [Fact]
    public void One_flipped_bit_anywhere_is_refused_and_what_came_before_is_delivered() =>
        Prop.ForAll(Gen.Choose(1, 24).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (count, random) =>
        {
            using var pair = new SessionPair();
            byte[] payload = Payload(count * Packet.MaxPayload);
            byte[] packets = pair.Seal(payload);
            int bit = random % (packets.Length * 8);
            packets[bit / 8] ^= (byte)(1 << (bit % 8));
            int good = bit / 8 / Packet.Size * Packet.MaxPayload;
            (OpenStatus status, byte[] opened) = pair.Open(packets);
            return status == OpenStatus.BadMac && opened.AsSpan().SequenceEqual(payload.AsSpan(0, good));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_single_bit_of_a_packet_matters()
    {
        for (int bit = 0; bit < Packet.Size * 8; bit++)
        {
            using var pair = new SessionPair();
            byte[] packet = pair.Seal([1, 2, 3]);
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(OpenStatus.BadMac, pair.Open(packet).Status);
        }
    }

    [Fact]
    public void Swapped_packets_are_refused()
    {
        using var pair = new SessionPair();
        byte[] packets = pair.Seal(Payload(2 * Packet.MaxPayload));
        Assert.Equal((OpenStatus.BadMac, 0), Brief(pair.Open([.. packets[Packet.Size..], .. packets[..Packet.Size]])));
    }

    [Fact]
    public void A_repeated_packet_is_refused()
    {
        using var pair = new SessionPair();
        byte[] packet = pair.Seal(Payload(10));
        Assert.Equal((OpenStatus.BadMac, 10), Brief(pair.Open([.. packet, .. packet])));
    }

    [Fact]
    public void A_dropped_packet_makes_the_next_one_refused()
    {
        using var pair = new SessionPair();
        byte[] packets = pair.Seal(Payload(3 * Packet.MaxPayload));
        Assert.Equal((OpenStatus.BadMac, 1024), Brief(pair.Open([.. packets[..Packet.Size], .. packets[(2 * Packet.Size)..]])));
    }

    [Fact]
    public void After_a_refusal_good_packets_are_refused_too()
    {
        using var pair = new SessionPair();
        byte[] first = pair.Seal(Payload(5)), second = pair.Seal(Payload(5));
        byte[] damaged = [.. first];
        damaged[0] ^= 1;
        pair.Open(damaged);
        Assert.Equal((OpenStatus.BadMac, 0), Brief(pair.Open(first)));
        Assert.Equal((OpenStatus.BadMac, 0), Brief(pair.Open(second)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1025u)]
    [InlineData(0x80000000u)]
    [InlineData(uint.MaxValue)]
    public void A_length_that_no_packet_can_have_is_refused_after_a_good_MAC(uint length)
    {
        using var pair = new SessionPair();
        byte[] packet = new byte[Packet.Size];
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(Packet.MaxPayload), length);
        pair.Sealer.Cipher.ApplyKeystream(0, 0, packet.AsSpan(0, 1028), packet.AsSpan(0, 1028));
        pair.Sealer.Mac.Compute(0, packet, packet.AsSpan(1028));
        Assert.Equal((OpenStatus.BadLength, 0), Brief(pair.Open(packet)));
    }

    [Fact]
    public void Nothing_seals_to_nothing_and_half_a_packet_is_no_packet()
    {
        using var pair = new SessionPair();
        Assert.Empty(pair.Seal([]));
        Assert.Throws<ArgumentException>(() => pair.Opener.Open(new byte[Packet.Size - 1], new byte[Packet.Size]));
    }

    private static (OpenStatus Status, int Length) Brief((OpenStatus Status, byte[] Payload) opened) => (opened.Status, opened.Payload.Length);

    private static byte[] Payload(int length) => System.Security.Cryptography.RandomNumberGenerator.GetBytes(length);

    private static IEnumerable<Range> Groups(int count, int[] sizes)
    {
        int start = 0;
        foreach (int size in sizes)
        {
            int end = Math.Min(count, start + (size % 70));
            yield return start..end;
            start = end;
        }

        yield return start..count;
    }
}
