using System.Text;
using SpipedNet.Tunnel.Redis;

namespace SpipedNet.Tunnel.Tests.Targets;

public sealed class RedisReplyTests
{
    [Theory]
    [InlineData("+PONG\r\n", "SimpleString", "PONG")]
    [InlineData("-NOAUTH Authentication required.\r\n", "Error", "NOAUTH Authentication required.")]
    [InlineData(":7\r\n", "Integer", "7")]
    [InlineData("$5\r\nab\r\nc\r\n", "BulkString", "ab\r\nc")]
    [InlineData("$0\r\n\r\n", "BulkString", "")]
    [InlineData("$-1\r\n", "Null", "")]
    [InlineData("*-1\r\n", "Null", "")]
    public void Each_kind_is_read(string text, string kind, string expected)
    {
        RedisReply reply = Read(text)!;
        Assert.Equal((kind, expected), ($"{reply.Kind}", reply.Text));
    }

    [Fact]
    public void An_array_has_its_items() =>
        Assert.Equal(["192.0.2.7", "6379"], Read("*2\r\n$9\r\n192.0.2.7\r\n$4\r\n6379\r\n")!.Items.Select(item => item.Text));

    [Theory]
    [InlineData("+PONG\r\n")]
    [InlineData("$5\r\nab\r\nc\r\n")]
    [InlineData("*2\r\n$9\r\n192.0.2.7\r\n$4\r\n6379\r\n")]
    public void A_part_of_an_answer_is_no_answer_yet(string text)
    {
        for (int length = 0; length < text.Length; length++)
            Assert.Null(Read(text[..length]));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$99999999999999\r\n")]
    [InlineData("*257\r\n")]
    [InlineData("*1\r\n*1\r\n:1\r\n")]
    public void What_no_Redis_says_is_refused(string text) => Assert.Throws<FormatException>(() => Read(text));

    [Fact]
    public void A_length_as_large_as_can_be_only_waits_for_more() => Assert.Null(Read($"${int.MaxValue}\r\nabc\r\n"));

    [Fact]
    public void A_role_is_found_among_the_lines()
    {
        var role = ReplicationRole.Parse("# Replication\r\nrole:master\r\nmaster_replid:00ab\r\nmaster_replid2:cd00\r\n");
        Assert.Equal(new ReplicationRole(IsMaster: true, "00ab", "cd00"), role);
    }

    [Fact]
    public void A_previous_id_of_zeros_is_none() => Assert.Equal(
        new ReplicationRole(IsMaster: false, "ab", ""), ReplicationRole.Parse("role:slave\r\nmaster_replid:ab\r\nmaster_replid2:000\r\n"));

    [Theory]
    [InlineData("up", true)]
    [InlineData("down", false)]
    public void A_replica_says_whether_it_is_in_touch_with_its_master(string status, bool isLinkUp) =>
        Assert.Equal(isLinkUp, ReplicationRole.Parse($"role:slave\r\nmaster_link_status:{status}\r\nmaster_replid:ab\r\n")!.IsLinkUp);

    [Theory]
    [InlineData("")]
    [InlineData("role:sentinel\r\n")]
    [InlineData("no lines at all")]
    public void No_role_is_no_role(string info) => Assert.Null(ReplicationRole.Parse(info));

    private static RedisReply? Read(string text) =>
        RedisReply.TryRead(Encoding.ASCII.GetBytes(text), out RedisReply? reply) ? reply : null;
}
