using System.Text;
using SpipedNet.Subcommands;

namespace SpipedNet.Fuzz.Targets;

/// <summary>What a server answers to check's PING: well or not well, in one line that a terminal can show.</summary>
internal sealed class RedisAnswerTarget : FuzzTarget
{
    private long _well;
    private long _bad;

    public override string Name => "redis-answer";

    public override string Counts => $"{_well} well, {_bad} not";

    public override void Try(ReadOnlySpan<byte> input)
    {
        string answer = Encoding.ASCII.GetString(input).Split('\r', '\n')[0];
        (string? detail, string? error) = RedisPing.Interpret(answer);
        Require(detail is null != error is null, "it is either well or not");
        Require(!(detail + error).Any(char.IsControl), "what is shown is printable");
        _well += detail is null ? 0 : 1;
        _bad += error is null ? 0 : 1;
    }
}
