using SpipedNet.Subcommands;

namespace SpipedNet.CommandLine.Tests;

/// <summary>What a server's answer to a PING says of it.</summary>
public sealed class RedisPingTests
{
    [Theory]
    [InlineData("+PONG", "PONG")]
    [InlineData("-NOAUTH Authentication required.", "it answers, and asks for a password (NOAUTH)")]
    [InlineData("-NOPERM User default has no permissions", "it answers, and asks for a password (NOPERM)")]
    public void A_Redis_that_answers_is_well(string answer, string detail) =>
        Assert.Equal((detail, null), RedisPing.Interpret(answer));

    [Theory]
    [InlineData(
        "-LOADING Redis is loading the dataset in memory",
        "the Redis behind the other end is not ready: LOADING Redis is loading the dataset in memory")]
    [InlineData("-ERR max number of clients reached", "the Redis behind the other end is not ready: ERR max number of clients reached")]
    [InlineData(
        "HTTP/1.1 400 Bad Request",
        "what is behind the other end answers \"HTTP/1.1 400 Bad Request\", so it is no Redis; look at the other end's target (-t)")]
    [InlineData(
        "+PONG\u0007", "what is behind the other end answers \"+PONG?\", so it is no Redis; look at the other end's target (-t)")]
    public void Any_other_answer_is_shown_without_control_characters(string answer, string error) =>
        Assert.Equal((null, error), RedisPing.Interpret(answer));
}
