"""Which node has which slot, as the nodes of a cluster say it."""

import pytest
from redis.crc import key_slot

from server.store.cluster import (
    SLOTS,
    Cluster,
    ClusterSurvey,
    Member,
    NoClusterError,
    disagreement,
)
from server.store_address import cluster_address

ADDRESS = "redis+cluster://a:1,b:2"
A, B, C = "a:1", "b:2", "c:3"


def member(name, *slots, epoch=1, follows="-", flags=("master",)):
    return Member(f"id of {name}", name, frozenset(flags), follows, epoch, slots)


def survey(*answers, **problems):
    return ClusterSurvey(
        {f"h{n}": each for n, each in enumerate(answers)},
        problems,
    )


HALVES = [member(A, (0, 8191)), member(B, (8192, SLOTS - 1), epoch=2)]


def test_each_slot_is_on_the_node_that_claims_it():
    names = survey(HALVES).names()
    assert (len(names), names[0], names[8191], names[8192], names[-1]) == (SLOTS, A, A, B, B)


def test_of_two_nodes_that_claim_a_slot_the_newer_configuration_has_it():
    """After a failover, the old primary still believes that the slots are its own."""
    mine = [*HALVES, member(C, epoch=1, follows="id of a:1")]
    theirs = [
        member(A, follows="id of c:3"),
        HALVES[1],
        member(C, (0, 8191), epoch=3),
    ]
    for answers in ((mine, theirs), (theirs, mine), (mine, mine, theirs)):
        names = survey(*answers).names()
        assert (names[0], names[8192]) == (C, B)
    assert disagreement(survey(mine, theirs)) == {"h0": 8192}


def test_what_a_node_says_of_itself_counts_more_than_what_others_say():
    moved = member(A, (1, 8191), flags=("master", "myself"))
    names = survey(HALVES, [moved, HALVES[1]]).names()
    assert (names[0], names[1]) == ("", A)


def test_a_slot_that_no_node_has_is_on_none():
    assert survey([member(A, (5, 5))]).names().count("") == SLOTS - 1
    with pytest.raises(NoClusterError, match="The cluster has no slots yet"):
        survey([member(A)]).names()


def test_if_no_node_can_be_asked_each_says_why():
    with pytest.raises(NoClusterError, match=r"a is away\. b is away\."):
        survey(a="a is away.", b="b is away.").names()


async def test_the_channel_of_heartbeats_is_on_its_node(monkeypatch):
    async def said(_cluster):
        return survey(HALVES)

    monkeypatch.setattr(Cluster, "survey", said)
    cluster = Cluster(cluster_address(ADDRESS))
    names = await cluster.find()
    for name in (A, B):
        assert names[key_slot(cluster.tag_on(name).encode())] == name
    assert cluster.tag_on("gone:1") == ""
