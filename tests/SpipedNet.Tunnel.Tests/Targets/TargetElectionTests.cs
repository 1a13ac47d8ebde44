using SpipedNet.Tunnel.Redis;
using SpipedNet.Tunnel.Targets;

namespace SpipedNet.Tunnel.Tests.Targets;

public sealed class TargetElectionTests
{
    private const int A = 0, B = 1, C = 2;

    private static readonly TargetState Down = new("connection refused");
    private static readonly TargetState Replica = new(Failure: null, new ReplicationRole(IsMaster: false, "of-a", ""));

    // Each has been asked once.
    private readonly TargetElection _election = new(isMasterAsked: true, count: 3);

    public TargetElectionTests()
    {
        for (int i = A; i <= C; i++)
            _election.Update(i, Down);
    }

    [Fact]
    public void No_master_is_chosen_before_all_have_been_asked_for_the_first_to_answer_may_be_deposed()
    {
        var election = new TargetElection(isMasterAsked: true, count: 3);
        election.Update(A, Master("a"));
        election.Update(B, Down);
        Assert.Null(election.Chosen);
        election.Update(C, Replica);
        Assert.Equal(A, election.Chosen);
    }

    [Fact]
    public void The_first_that_answers_is_chosen_where_no_master_is_asked_for()
    {
        var election = new TargetElection(isMasterAsked: false, count: 3);
        election.Update(C, TargetState.Up);
        Assert.Equal(C, election.Chosen);
        election.Update(B, TargetState.Up);
        Assert.Equal(B, election.Chosen);
        election.Update(B, Down);
        Assert.Equal(C, election.Chosen);
    }

    [Fact]
    public void Connections_to_one_that_is_not_the_first_any_more_may_go_on_where_no_master_is_asked_for()
    {
        var election = new TargetElection(isMasterAsked: false, count: 3);
        election.Update(B, TargetState.Up);
        election.Update(A, TargetState.Up);
        Assert.False(election.MustLeave(B));
    }

    [Fact]
    public void The_one_that_says_it_is_the_master_is_chosen()
    {
        _election.Update(A, Replica);
        _election.Update(B, Master("b"));
        Assert.Equal(B, _election.Chosen);
    }

    [Fact]
    public void None_is_chosen_where_all_are_replicas()
    {
        for (int i = A; i <= C; i++)
            _election.Update(i, Replica);
        Assert.Null(_election.Chosen);
    }

    [Fact]
    public void A_master_that_says_it_is_a_replica_is_left_at_once_though_there_is_no_other()
    {
        _election.Update(A, Master("a"));
        _election.Update(A, Replica);
        Assert.Null(_election.Chosen);
        Assert.True(_election.MustLeave(A));
    }

    [Fact]
    public void Connections_to_a_master_that_does_not_answer_may_go_on_until_there_is_another()
    {
        _election.Update(A, Master("a"));
        _election.Update(A, Down);
        Assert.Null(_election.Chosen);
        Assert.False(_election.MustLeave(A));
        _election.Update(B, Master("b", promotedFrom: "a"));
        Assert.True(_election.MustLeave(A));
    }

    [Fact]
    public void Of_two_masters_the_one_that_was_promoted_in_the_others_place_is_chosen()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        Assert.Equal(B, _election.Chosen);
        Assert.True(_election.IsDeposed(A));
        Assert.True(_election.MustLeave(A));
    }

    [Fact]
    public void Of_two_masters_the_promoted_one_is_chosen_in_whichever_order_they_are_heard()
    {
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(A, Master("a"));
        Assert.Equal(B, _election.Chosen);
    }

    [Fact]
    public void A_deposed_master_is_used_again_when_the_one_in_its_place_has_become_its_replica()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        Assert.True(_election.IsDeposed(A));
        _election.Update(B, ReplicaOf("a"));
        Assert.Equal(A, _election.Chosen);
    }

    [Theory]
    [InlineData("a", false)] // from its file: it is in touch with nobody
    [InlineData("c", true)] // it copies another
    public void A_deposed_master_is_not_used_while_the_one_in_its_place_does_not_follow_it(string id, bool isLinkUp)
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(B, ReplicaOf(id, isLinkUp));
        Assert.True(_election.IsDeposed(A));
        Assert.Null(_election.Chosen);
    }

    [Fact]
    public void A_deposed_master_is_not_used_when_one_of_two_in_its_place_follows_it()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(C, Master("c", promotedFrom: "a"));
        _election.Update(B, ReplicaOf("a"));
        Assert.Equal(C, _election.Chosen);
    }

    [Fact]
    public void A_deposed_master_is_not_used_because_a_third_copies_it_still()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(B, Down);
        _election.Update(C, ReplicaOf("a"));
        Assert.Null(_election.Chosen);
    }

    [Fact]
    public void A_deposed_master_is_not_used_though_the_other_does_not_answer_any_more()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(B, Down);
        Assert.Null(_election.Chosen);
    }

    [Fact]
    public void A_deposed_master_that_was_started_again_under_a_new_id_is_still_not_used()
    {
        _election.Update(A, Master("a"));
        _election.Update(A, Master("a2", promotedFrom: "a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        Assert.Equal(B, _election.Chosen);
    }

    [Fact]
    public void A_deposed_master_that_has_been_a_replica_can_be_promoted_again()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(A, new TargetState(Failure: null, new ReplicationRole(IsMaster: false, "b", "a")));
        _election.Update(A, Master("a3", promotedFrom: "b"));
        Assert.Equal(A, _election.Chosen);
        Assert.True(_election.MustLeave(B));
    }

    [Fact]
    public void A_deposed_master_that_is_promoted_in_the_others_place_was_its_replica_though_nobody_asked_then()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b", promotedFrom: "a"));
        _election.Update(A, Down);
        _election.Update(A, Master("a2", promotedFrom: "b"));
        Assert.Equal(A, _election.Chosen);
        _election.Update(B, Master("b", promotedFrom: "a"));
        Assert.Equal(A, _election.Chosen);
        Assert.True(_election.MustLeave(B));
    }

    [Fact]
    public void Of_two_masters_that_know_nothing_of_each_other_the_one_in_use_stays()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b"));
        Assert.Equal(A, _election.Chosen);
        Assert.False(_election.MustLeave(A));
    }

    [Fact]
    public void Of_two_masters_that_know_nothing_of_each_other_none_is_chosen_when_none_is_in_use()
    {
        _election.Update(A, Master("a"));
        _election.Update(B, Master("b"));
        _election.Update(C, Master("c"));
        _election.Update(A, Replica);
        Assert.Null(_election.Chosen);
        _election.Update(B, Replica);
        Assert.Equal(C, _election.Chosen);
    }

    [Fact]
    public void With_Sentinels_a_master_is_chosen_only_while_they_name_it()
    {
        var election = new TargetElection(isMasterAsked: true, count: 2, areSentinelsAsked: true);
        election.Update(A, Master("a"));
        Assert.Null(election.Chosen);
        election.Update("run-a");
        Assert.Equal(A, election.Chosen);
        Assert.False(election.MustLeave(A));
        election.Update(namedRunId: null);
        Assert.Null(election.Chosen);
        Assert.True(election.MustLeave(A));
    }

    private static TargetState ReplicaOf(string id, bool isLinkUp = true) =>
        new(Failure: null, new ReplicationRole(IsMaster: false, id, "", IsLinkUp: isLinkUp));

    private static TargetState Master(string id, string promotedFrom = "") =>
        new(Failure: null, new ReplicationRole(IsMaster: true, id, promotedFrom, $"run-{id}"));
}
