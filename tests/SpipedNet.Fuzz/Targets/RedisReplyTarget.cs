using SpipedNet.Tunnel.Redis;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Fuzz.Targets;

/// <summary>What a target answers to --target-check: an answer, the start of one or none, and a line that a log can have.</summary>
internal sealed class RedisReplyTarget : FuzzTarget
{
    private static readonly Func<RedisReply, TargetState>[] Readings =
        [RedisAnswer.ToAuth, RedisAnswer.ToPing, RedisAnswer.ToReplication, RedisAnswer.ToSentinelMaster];

    private long _whole;
    private long _parts;
    private long _none;

    public override string Name => "redis-reply";

    public override string Counts => $"{_whole} answers, {_parts} starts of one, {_none} none";

    public override void Try(ReadOnlySpan<byte> input)
    {
        try
        {
            if (!RedisReply.TryRead(input, out RedisReply? reply))
            {
                _parts++;
                return;
            }

            _whole++;
            Require(reply is not null, "an answer is there when it is said to be");
            foreach (Func<RedisReply, TargetState> read in Readings)
                Require(!read(reply!).Description.Any(char.IsControl), "what is logged is printable");
        }
        catch (FormatException)
        {
            _none++;
        }
    }
}
