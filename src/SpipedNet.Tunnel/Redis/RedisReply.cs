using System.Buffers.Text;
using System.Text;

namespace SpipedNet.Tunnel.Redis;

/// <summary>What kind of answer it is; the names are those of the Redis protocol (RESP2).</summary>
internal enum RedisReplyKind
{
    SimpleString,
    Error,
    Integer,
    BulkString,
    Null,
    Array,
}

/// <summary>One answer of a Redis server.</summary>
/// <param name="Kind">What kind of answer it is.</param>
/// <param name="Text">The text of a string or an error, the digits of an integer; else empty.</param>
/// <param name="Items">The items of an array; else empty.</param>
internal sealed record RedisReply(RedisReplyKind Kind, string Text, IReadOnlyList<RedisReply> Items)
{
    // What is asked for has one level: a Sentinel tells some 25 names and values of a master.
    private const int MostItems = 256;

    private static readonly RedisReply NullReply = new(RedisReplyKind.Null, "", []);

    /// <summary>Reads one answer from the start of what has come.</summary>
    /// <param name="received">What has come so far.</param>
    /// <param name="reply">The answer, once it is there.</param>
    /// <returns>False when more has to come first.</returns>
    /// <exception cref="FormatException">This is no answer of a Redis, whatever follows.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out RedisReply? reply) =>
        TryRead(ref received, isItem: false, out reply);

    private static bool TryRead(ref ReadOnlySpan<byte> rest, bool isItem, out RedisReply? reply)
    {
        reply = null;
        if (rest.IsEmpty)
            return false;
        RedisReplyKind kind = KindOf(rest[0]);
        int end = rest.IndexOf("\r\n"u8);
        if (end < 0)
            return false;
        ReadOnlySpan<byte> line = rest[1..end];
        ReadOnlySpan<byte> after = rest[(end + 2)..];
        switch (kind)
        {
            case RedisReplyKind.BulkString:
                if (!TryReadBulk(ref after, Length(line), out reply))
                    return false;
                break;
            case RedisReplyKind.Array:
                if (isItem)
                    throw new FormatException("an array within an array");
                if (!TryReadItems(ref after, Length(line), out reply))
                    return false;
                break;
            default:
                reply = new RedisReply(kind, Encoding.UTF8.GetString(line), []);
                break;
        }

        rest = after;
        return true;
    }

    private static RedisReplyKind KindOf(byte first) => first switch
    {
        (byte)'+' => RedisReplyKind.SimpleString,
        (byte)'-' => RedisReplyKind.Error,
        (byte)':' => RedisReplyKind.Integer,
        (byte)'$' => RedisReplyKind.BulkString,
        (byte)'*' => RedisReplyKind.Array,
        _ => throw new FormatException("no answer starts like this"),
    };

    // -1 is null; more than is ever asked for would never fit into the conversation's buffer.
    private static int Length(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int length, out int read) && read == digits.Length && length >= -1
            ? length
            : throw new FormatException("a length is no number");

    private static bool TryReadBulk(ref ReadOnlySpan<byte> rest, int length, out RedisReply? reply)
    {
        reply = NullReply;
        if (length < 0)
            return true;
        // In this order: the length is the peer's, and may be as large as a number can be.
        if (rest.Length - 2 < length)
            return false;
        reply = new RedisReply(RedisReplyKind.BulkString, Encoding.UTF8.GetString(rest[..length]), []);
        rest = rest[(length + 2)..];
        return true;
    }

    private static bool TryReadItems(ref ReadOnlySpan<byte> rest, int count, out RedisReply? reply)
    {
        reply = NullReply;
        if (count < 0)
            return true;
        if (count > MostItems)
            throw new FormatException("more items than were asked for");
        var items = new List<RedisReply>(count);
        while (items.Count < count)
        {
            if (!TryRead(ref rest, isItem: true, out RedisReply? item))
                return false;
            items.Add(item!);
        }

        reply = new RedisReply(RedisReplyKind.Array, "", items);
        return true;
    }
}
