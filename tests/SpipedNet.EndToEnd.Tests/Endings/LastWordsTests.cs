using System.Text;
using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Endings;

/// <summary>
/// A server that answers and closes while its client still sends (as Redis does after a protocol error) resets the
/// connection, for there is unread input. Its answer must arrive all the same. With spiped at the server's end 7 to 14 of 20
/// were heard, whosever the client's end was.
/// </summary>
public sealed class LastWordsTests
{
    private const int Tries = 20;
    private const string Answer = "-ERR Protocol error";

    [Theory]
    [Trait(Programs.Beyond, Programs.BeyondSpiped)]
    [Trait(Programs.Compared, Programs.WithSpiped)]
    [InlineData(Maker.Ours, Maker.Ours)]
    [InlineData(Maker.Stock, Maker.Ours)]
    public async Task Rediss_answer_to_a_protocol_error_arrives(Maker client, Maker server)
    {
        using RedisServer redis = await RedisServer.StartAsync();
        using TunnelPair tunnel = await TunnelPair.StartAsync(client, server, redis.Address);

        int heard = 0;
        for (int i = 0; i < Tries; i++)
            heard += await IsHeardAsync(tunnel.Source) ? 1 : 0;

        Assert.Equal(Tries, heard);
    }

    private static async Task<bool> IsHeardAsync(TestAddress source)
    {
        using Duplex connection = Duplex.Of(await source.ConnectAsync());
        Task sending = SendUntilEndAsync(connection);
        var answer = new MemoryStream();
        try
        {
            await Deadline.ForAsync(connection.Input.CopyToAsync(answer), "the connection's end");
        }
        catch (IOException)
        {
            // the reset
        }

        await sending;
        return Encoding.ASCII.GetString(answer.ToArray()).StartsWith(Answer, StringComparison.Ordinal);
    }

    private static async Task SendUntilEndAsync(Duplex connection)
    {
        byte[] request = Encoding.ASCII.GetBytes("*1\r\n$none\r\n" + new string('x', 100_000));
        try
        {
            while (true)
                await connection.Output.WriteAsync(request);
        }
        catch (IOException)
        {
            // its end
        }
    }
}
