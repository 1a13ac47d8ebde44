using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Endings;

/// <summary>No timeout of a tunnel's own cuts an answer that takes its time (ghostunnel#794).</summary>
[Trait(Programs.Compared, Programs.WithSpiped)]
public sealed class PatienceTests
{
    [Fact]
    public async Task An_answer_larger_than_all_buffers_arrives_whole_after_a_half_close_however_late_it_is_read()
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using TunnelPair tunnel = await TunnelPair.StartAsync(Maker.Ours, Maker.Ours, target.Address, "-o", "2");
        byte[] answer = RandomNumberGenerator.GetBytes(32 << 20);
        using Duplex client = Duplex.Of(await tunnel.Source.ConnectAsync());
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");
        await client.SendAllAsync("a question"u8.ToArray());
        Assert.Equal(10, (await Deadline.ForAsync(atTarget.DigestAsync(), "the question and its end")).Count);

        Task answering = atTarget.SendAllAsync(answer);
        await Task.Delay(TimeSpan.FromSeconds(3)); // the subject of the test: longer than the timeout

        Assert.False(answering.IsCompleted);
        Assert.Equal(ReceivedBytes.Of(answer), await Deadline.ForAsync(client.DigestAsync(), "the answer"));
        await answering;
    }
}
