using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Hostile;

/// <summary>
/// A client that has the key, or one in the middle who has not, sends what no honest end sends. Of that not a byte arrives, and
/// what came before never looks like all there was.
/// </summary>
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class ForgeryTests : IDisposable
{
    private static readonly byte[] Honest = [.. "honest"u8], Forged = [.. "forged"u8];

    private readonly TestDirectory _directory = new();

    public enum Forgery
    {
        CiphertextChanged,
        MacChanged,
        Repeated,
        OneLeftOut,
        CutAndEnded,
        LengthZero,
        LengthTooLong,
    }

    public static TheoryData<Forgery> All => new(Enum.GetValues<Forgery>());

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_came_before_a_forged_packet_arrives_then_a_reset_and_nothing_else(Forgery forgery)
    {
        string key = _directory.NewKey();
        using var target = new Target(AddressKind.Tcp4, _directory);
        using TunnelEnd receiver = TunnelEnd.Start(
            Maker.Ours, "-d", TestAddress.Unused(AddressKind.Tcp4, _directory), target.Address.Text, key);
        await receiver.ListeningAsync();
        using RawClient client = await RawClient.ConnectAsync(receiver.Source, await File.ReadAllBytesAsync(key));
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");

        byte[] first = client.Seal(Honest);
        await client.SendAsync(first);
        Assert.Equal(Honest, await atTarget.ReceiveAsync(Honest.Length));
        await client.SendAsync(Forge(forgery, client, first));
        if (forgery == Forgery.CutAndEnded)
            client.CloseOutput();

        Assert.Equal(0, await atTarget.AssertResetAsync());
    }

    private static byte[] Forge(Forgery forgery, RawClient client, byte[] first)
    {
        if (forgery == Forgery.Repeated)
            return first;
        if (forgery == Forgery.OneLeftOut)
            client.Seal(Forged);
        byte[] packet = client.Seal(Forged, forgery switch
        {
            Forgery.LengthZero => 0,
            Forgery.LengthTooLong => 1025,
            _ => null,
        });
        if (forgery == Forgery.CiphertextChanged)
            packet[0] ^= 1;
        if (forgery == Forgery.MacChanged)
            packet[^1] ^= 1;
        return forgery == Forgery.CutAndEnded ? packet[..500] : packet;
    }
}
