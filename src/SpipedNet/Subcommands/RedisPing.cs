using System.Net.Sockets;
using System.Text;

namespace SpipedNet.Subcommands;

/// <summary>Asks the server behind a tunnel whether it is a Redis that answers.</summary>
internal static class RedisPing
{
    private const int LongestShown = 80;

    /// <summary>Sends a PING and receives the first line of the answer.</summary>
    /// <returns>The line as far as it came; empty when the connection ended without one.</returns>
    /// <exception cref="OperationCanceledException">There was no answer in time.</exception>
    public static async Task<string> AskAsync(Socket redis, CancellationToken cancellation)
    {
        byte[] buffer = new byte[256];
        int received = 0;
        try
        {
            await redis.SendAsync("PING\r\n"u8.ToArray(), cancellation);
            int count;
            while (received < buffer.Length && !buffer.AsSpan(0, received).Contains((byte)'\n')
                && (count = await redis.ReceiveAsync(buffer.AsMemory(received), cancellation)) > 0)
                received += count;
        }
        catch (SocketException)
        {
            // The connection has ended; its outcome says why.
        }

        return Encoding.ASCII.GetString(buffer, 0, received).Split('\r', '\n')[0];
    }

    /// <summary>What an answer means. A Redis that asks for a password answers, too.</summary>
    /// <returns>Null in the one case what is well, in the other what is not, and what to do.</returns>
    public static (string? Detail, string? Error) Interpret(string answer)
    {
        string shown = new([.. answer.Take(LongestShown).Select(c => char.IsControl(c) ? '?' : c)]);
        if (answer == "+PONG")
            return ("PONG", null);
        if (answer.StartsWith("-NOAUTH ", StringComparison.Ordinal) || answer.StartsWith("-NOPERM ", StringComparison.Ordinal))
            return ($"it answers, and asks for a password ({shown[1..7]})", null);
        return answer.StartsWith('-')
            ? (null, $"the Redis behind the other end is not ready: {shown[1..]}")
            : (null, $"what is behind the other end answers \"{shown}\", so it is no Redis; look at the other end's target (-t)");
    }
}
