using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Endings;

/// <summary>A process of the tunnel that is killed cuts the streams: neither application may take that for their end.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class KillTests
{
    private const int SIGKILL = 9;

    [Theory]
    [InlineData("-e")]
    [InlineData("-d")]
    public async Task Both_applications_get_a_reset_when_an_end_is_killed(string role)
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address);
        using Duplex client = Duplex.Of(await tunnel.Source.ConnectAsync());
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");
        await client.Output.WriteAsync(new byte[100]);
        await atTarget.ReceiveAsync(100);

        ProcessTable.Signal((role == "-e" ? tunnel.Client : tunnel.Server).Process.Id, SIGKILL);

        await client.AssertResetAsync();
        await atTarget.AssertResetAsync();
    }
}
