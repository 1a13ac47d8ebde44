using System.Net.Sockets;
using System.Text;

namespace SpipedNet.Tunnel.Redis;

/// <summary>Commands to a Redis server and its answers, one after the other, over a socket that stays its owner's.</summary>
internal sealed class RedisConversation(Socket socket)
{
    // INFO replication has some 500 bytes, and 100 for each replica.
    private const int LargestReply = 64 * 1024;

    private readonly byte[] _received = new byte[LargestReply];

    /// <summary>Sends a command and receives the answer.</summary>
    /// <param name="command">The command as <see cref="Command"/> writes it.</param>
    /// <param name="cancellation">Gives up, with an exception.</param>
    /// <returns>The answer, or null when the connection ended without one.</returns>
    /// <exception cref="FormatException">What answered is no Redis; the message has the start of what it said.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async Task<RedisReply?> AskAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
    {
        while (command.Length > 0)
            command = command[await socket.SendAsync(command, cancellation).ConfigureAwait(false)..];
        RedisReply? reply;
        for (int count = 0; !TryRead(_received.AsSpan(0, count), out reply);)
        {
            int more = await socket.ReceiveAsync(_received.AsMemory(count), cancellation).ConfigureAwait(false);
            if (more == 0)
                return null;
            count += more;
        }

        return reply;
    }

    /// <summary>A command as the protocol has it: an array of strings.</summary>
    /// <param name="words">The command's name and its arguments.</param>
    public static byte[] Command(params ReadOnlySpan<string> words)
    {
        var text = new StringBuilder($"*{words.Length}\r\n");
        foreach (string word in words)
            text.Append($"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static bool TryRead(ReadOnlySpan<byte> received, out RedisReply? reply)
    {
        try
        {
            if (RedisReply.TryRead(received, out reply))
                return true;
        }
        catch (FormatException)
        {
            throw new FormatException($"it answers \"{Start(received)}\", so it is no Redis");
        }

        return received.Length < LargestReply ? false : throw new FormatException("its answer has no end");
    }

    private static string Start(ReadOnlySpan<byte> received)
    {
        const int longest = 40;
        string text = Encoding.ASCII.GetString(received[..Math.Min(longest, received.Length)]).Split('\r', '\n')[0];
        return new string([.. text.Select(c => char.IsControl(c) ? '?' : c)]);
    }
}
