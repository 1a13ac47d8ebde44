namespace SpipedNet.Tunnel.Tests;

/// <summary>What is counted, under which words, and what the counts say of the target.</summary>
public sealed class TunnelCountersTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void The_words_for_reasons_are_what_dashboards_and_the_manual_name() => Assert.Equal(
        [
            "closed", "target_unreachable", "shortage", "wrong_key", "not_spiped", "no_forward_secrecy", "handshake_timed_out",
            "handshake_broken", "made_room", "limit_reached", "refused_by_peer", "broken", "corrupt", "idle", "cancelled", "fault",
            "not_allowed", "revoked",
        ],
        Enum.GetValues<EndReason>().Select(reason => reason.Word()));

    [Theory]
    [InlineData(nameof(SpipedError.WrongKey), "wrong_key")]
    [InlineData(nameof(SpipedError.NotSpiped), "not_spiped")]
    [InlineData(nameof(SpipedError.NoForwardSecrecy), "no_forward_secrecy")]
    [InlineData(nameof(SpipedError.TimedOut), "handshake_timed_out")]
    [InlineData(nameof(SpipedError.Cut), "handshake_broken")]
    public void A_handshake_that_failed_is_counted_by_what_it_tells_of_the_peer(string error, string word)
    {
        var counters = new TunnelCounters(_clock);

        counters.End("peer", new ConnectionOutcome(ConnectionEnd.HandshakeFailed, "why") { Error = Enum.Parse<SpipedError>(error) }, TunnelRole.Receiver);

        Assert.Equal(word, Assert.Single(counters.Ended).Key);
    }

    [Fact]
    public void Every_end_of_a_connection_but_the_everyday_ones_is_an_error_to_be_told()
    {
        foreach (ConnectionEnd end in Enum.GetValues<ConnectionEnd>())
        {
            var counters = new TunnelCounters(_clock);
            counters.End("[192.0.2.1]:1", new ConnectionOutcome(end, "why"), TunnelRole.Receiver);

            bool isEveryday = end is ConnectionEnd.Closed or ConnectionEnd.Broken or ConnectionEnd.Idle or ConnectionEnd.Cancelled or ConnectionEnd.Revoked;
            Assert.Equal(isEveryday ? null : new ErrorStatus(_clock.Now, "connection from [192.0.2.1]:1: why"), counters.LastError);
            Assert.Equal(1, Assert.Single(counters.Ended).Value);
        }
    }

    [Fact]
    public void A_handshake_has_the_time_at_which_it_was_complete()
    {
        var counters = new TunnelCounters(_clock);
        Assert.Null(counters.LastHandshake);

        counters.Establish();

        Assert.Equal(_clock.Now, counters.LastHandshake);
    }

    [Fact]
    public void Of_a_target_that_nobody_has_tried_nothing_is_known() => Assert.Null(new TunnelCounters(_clock).IsTargetReached(_ => false));

    [Fact]
    public void A_target_that_could_not_be_reached_is_not_reached_until_it_is()
    {
        TunnelCounters counters = Ended(ConnectionEnd.TargetFailed, TunnelRole.Receiver);
        Assert.False(counters.IsTargetReached(_ => false));

        counters.Establish();

        Assert.True(counters.IsTargetReached(_ => false));
    }

    [Fact]
    public void A_failure_that_is_more_than_a_minute_old_says_nothing_any_more()
    {
        TunnelCounters counters = Ended(ConnectionEnd.TargetFailed, TunnelRole.Receiver);

        _clock.Now += TimeSpan.FromSeconds(59);
        Assert.False(counters.IsTargetReached(_ => false));
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Null(counters.IsTargetReached(_ => false));
    }

    [Fact]
    public void After_a_refusal_by_the_other_end_only_an_answer_tells_that_it_reaches_its_target()
    {
        TunnelCounters counters = Ended(ConnectionEnd.RefusedByPeer, TunnelRole.Sender);
        counters.Establish();
        Assert.False(counters.IsTargetReached(_ => false));

        Assert.True(counters.IsTargetReached(since => since == _clock.Now));
        counters.End("peer", new ConnectionOutcome(ConnectionEnd.Closed, "", BytesDecrypted: 1), TunnelRole.Sender);
        Assert.True(counters.IsTargetReached(_ => false));
    }

    [Theory]
    [InlineData(nameof(TunnelRole.Sender), false)]
    [InlineData(nameof(TunnelRole.Receiver), null)]
    public void A_handshake_that_failed_is_the_targets_affair_at_a_sender_only(string role, bool? expected) =>
        Assert.Equal(expected, Ended(ConnectionEnd.HandshakeFailed, Enum.Parse<TunnelRole>(role)).IsTargetReached(_ => false));

    private TunnelCounters Ended(ConnectionEnd end, TunnelRole role)
    {
        var counters = new TunnelCounters(_clock);
        counters.End("peer", new ConnectionOutcome(end, "why"), role);
        return counters;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
