using System.Net;
using System.Net.Sockets;

namespace SpipedNet.Tunnel.Tests;

/// <summary>What happens to a stream between the two ends must never look like its orderly end.</summary>
public sealed class TamperedWireTests : IDisposable
{
    private const int HandshakeBytes = 32 + 288;
    private const int PacketBytes = 1060;

    private readonly TestTunnel _tunnel = new();

    public void Dispose() => _tunnel.Dispose();

    [Fact]
    public async Task A_stream_cut_within_a_packet_is_reset_after_the_whole_packets_have_arrived()
    {
        byte[] arrived = await SendAndCollectAsync(new byte[1024 * 3], (offset, chunk) => CutAt(offset, chunk, HandshakeBytes + (PacketBytes * 2) + 500));
        Assert.Equal(2048, arrived.Length);
    }

    [Theory]
    [InlineData(0)]     // first byte of the ciphertext
    [InlineData(1027)]  // last byte of the length
    [InlineData(1059)]  // last byte of the MAC
    public async Task A_flipped_bit_resets_the_target_after_the_packets_before_it_have_arrived(int offsetInPacket)
    {
        byte[] arrived = await SendAndCollectAsync(new byte[1024 * 3], (offset, chunk) => Flip(offset, chunk, HandshakeBytes + PacketBytes + offsetInPacket));
        Assert.Equal(1024, arrived.Length);
    }

    [Fact]
    public async Task A_wire_that_comes_byte_by_byte_carries_everything()
    {
        byte[] data = SocketAssert.RandomBytes(4000);
        IPEndPoint wire = await _tunnel.StartReceiverAsync();
        using var proxy = new WireProxy(wire, (_, chunk) => chunk);
        using var slow = new WireProxy(proxy.EndPoint, (_, chunk) => chunk);
        using Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartSenderAsync(slow.EndPoint));
        foreach (byte one in data)
            await SocketAssert.SendAsync(client, [one]);
        client.Shutdown(SocketShutdown.Send);
        Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
        Assert.Equal(data, await SocketAssert.ReadToEndAsync(target));
    }

    private async Task<byte[]> SendAndCollectAsync(byte[] data, Func<long, byte[], byte[]> tamper)
    {
        using var proxy = new WireProxy(await _tunnel.StartReceiverAsync(), tamper);
        using Socket client = await TestTunnel.ConnectAsync(await _tunnel.StartSenderAsync(proxy.EndPoint));
        await SocketAssert.SendAsync(client, data);
        Socket target = await SocketAssert.AcceptAsync(_tunnel.Target);
        return await SocketAssert.IsResetAsync(target);
    }

    private static byte[] CutAt(long offset, byte[] chunk, long end) =>
        chunk[..(int)Math.Clamp(end - offset, 0, chunk.Length)];

    private static byte[] Flip(long offset, byte[] chunk, long position)
    {
        if (position >= offset && position < offset + chunk.Length)
            chunk[position - offset] ^= 1;
        return chunk;
    }
}
