using System.Security.Cryptography;
using SpipedNet.EndToEnd.Tests.Harness;
using SpipedNet.Protocol;
using SpipedNet.Tunnel;

namespace SpipedNet.EndToEnd.Tests.Client;

/// <summary>The client within this process against a receiver that is a process of its own, ours or stock.</summary>
public sealed class ClientTests
{
    private const int SIGKILL = 9;
    private const int Large = 64 * 1024 * 1024;

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task A_Redis_behind_the_receiver_answers_PONG(Maker maker)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using Receiver receiver = await Receiver.StartAsync(maker, redis.Address);
        Assert.Equal("+PONG\r\n", await Samples.PingAsync(receiver.Source.Text, receiver.KeyFile));
    }

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task An_answer_of_64_MiB_comes_whole_after_the_end_of_the_request(Maker maker)
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using Receiver receiver = await Receiver.StartAsync(maker, target.Address);
        byte[] request = RandomNumberGenerator.GetBytes(100_000), answer = RandomNumberGenerator.GetBytes(Large);
        using var answered = new MemoryStream(Large);
        Task asking = Samples.AskAsync(await receiver.ConnectAsync(), request, answered);
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");

        ReceivedBytes asked = await Deadline.ForAsync(atTarget.DigestAsync(), "the end of the request");
        await Deadline.ForAsync(atTarget.SendAllAsync(answer), "sending the answer");
        await Deadline.ForAsync(asking, "the end of the answer");

        Assert.Equal(new ReceivedBytes(request.Length, Convert.ToHexString(SHA256.HashData(request))), asked);
        Assert.Equal(SHA256.HashData(answer), SHA256.HashData(answered.ToArray()));
    }

    [Theory]
    [InlineData(Maker.Ours)]
    [InlineData(Maker.Stock)]
    public async Task A_wrong_key_is_told_as_one(Maker maker)
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using Receiver receiver = await Receiver.StartAsync(maker, target.Address);
        using var another = SharedSecret.FromKeyMaterial("another"u8);

        SpipedException failure = await Assert.ThrowsAsync<SpipedException>(
            () => Deadline.ForAsync(SpipedClient.ConnectAsync(receiver.Address, another), "the refusal"));

        Assert.Equal(SpipedError.WrongKey, failure.Error);
    }

    // A stock one's kernel ends its streams as if in good order.
    [Fact]
    public async Task A_receiver_that_is_killed_fails_the_read_and_is_no_end()
    {
        using var directory = new TestDirectory();
        using var target = new Target(AddressKind.Tcp4, directory);
        using Receiver receiver = await Receiver.StartAsync(Maker.Ours, target.Address);
        await using SpipedStream stream = await receiver.ConnectAsync();
        using Duplex atTarget = await Deadline.ForAsync(target.AcceptAsync(), "the connection");
        await atTarget.Output.WriteAsync(new byte[100]);
        await stream.ReadExactlyAsync(new byte[100]);
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();

        ProcessTable.Signal(receiver.Process.Id, SIGKILL);

        SpipedException failure =
            await Assert.ThrowsAsync<SpipedException>(() => Deadline.ForAsync(reading, "the end of the read"));
        Assert.Equal(SpipedError.Cut, failure.Error);
    }
}
