"""A store that sentinels fail over while people vote: real primaries, replicas and sentinels.

Killing a primary proves little on one machine, where a replica lags by less than a millisecond. So
what the primary passes on is held back first.
"""

import signal

import pytest

from faults.voting import PROCESSES, all_have_left, meet, stall, vote_during
from support.sentinels import NAME, TIMERS, Guarded
from support.store import REDIS, VALKEY
from support.wait import eventually, until

SAFE = ("--durability", "replica", "--replicas", "2")
BOTH = pytest.mark.parametrize(
    "durability",
    [pytest.param((), id="as it is"), pytest.param(SAFE, id="on both replicas")],
)
PROGRAMS = pytest.mark.parametrize(
    "program", [VALKEY, pytest.param(REDIS, marks=pytest.mark.needs("redis-server"))]
)


@pytest.fixture
def guarded(deploy_on, tmp_path):
    """Create a deployment on three servers and three sentinels."""

    def make(durability=(), program=VALKEY):
        store = Guarded(tmp_path / "stores", program=program)
        store.durability = durability
        return deploy_on(store)

    return make


def fail_over(deployment, fault, **how):
    """Let people vote and comment during a fault that makes another member the primary."""

    async def failover(voting, was):
        await fault(voting, was)
        # Each process says which primary went, and which came.
        await all_have_left(voting, was)
        assert voting.store.primary is not was

    return vote_during(failover, deployment, **how)


@pytest.mark.quick
@BOTH
@PROGRAMS
def test_a_primary_is_killed(guarded, durability, program):
    async def kill(voting, was):
        was.kill()
        await eventually(lambda: not voting.server.is_ready())
        pages = voting.crowd.all
        await eventually(lambda: all(one.stores[-1:] == ["away"] for one in pages if one.present))
        await voting.do(voting.store.promoted, was)
        # With the old one away, too few replicas are left to confirm a vote.
        await voting.do(was.start)

    lost = fail_over(guarded(durability, program), kill, hold_back=stall)
    assert bool(lost) is not bool(durability)


@BOTH
def test_a_primary_is_frozen_and_returns_before_its_demotion(guarded, durability):
    """Its connections are still open, and it still believes that it is the primary."""

    async def freeze(voting, was):
        was.signal(signal.SIGSTOP)
        try:
            await voting.do(voting.store.promoted, was)
        finally:
            was.signal(signal.SIGCONT)
        await voting.do(until, was.answers)
        assert was.replication()["role"] == "master"
        await voting.do(until, was.is_replica)

    lost = fail_over(guarded(durability), freeze, hold_back=stall)
    assert bool(lost) is not bool(durability)


@pytest.mark.quick
@BOTH
def test_a_planned_failover(guarded, durability):
    async def ask(voting, was):
        await voting.do(voting.store.fail_over)
        await voting.do(voting.store.promoted, was)

    lost = fail_over(guarded(durability), ask, hold_back=stall)
    assert bool(lost) is not bool(durability)


def test_a_planned_failover_that_waits_for_the_replica_loses_nothing(guarded):
    async def ask(voting, was):
        await voting.do(voting.store.fail_over, "COORDINATED")
        await voting.do(voting.store.promoted, was)

    assert fail_over(guarded(), ask) == []


@BOTH
def test_a_replica_is_promoted_by_hand_and_no_connection_is_cut(guarded, durability):
    """No sentinel announces it; the old one goes on as a primary without replicas."""

    async def promote(voting, was):
        store = voting.store
        _, new, other = store.members

        def by_hand():
            for sentinel in store.sentinels:
                sentinel.run("SENTINEL", "REMOVE", NAME)
            new.run("REPLICAOF", "NO", "ONE")
            other.follow(new)
            for sentinel in store.sentinels:
                sentinel.run("SENTINEL", "MONITOR", NAME, "127.0.0.1", new.relay.port, 2)
                for timer, value in TIMERS.items():
                    sentinel.run("SENTINEL", "SET", NAME, timer, value)

        await voting.do(by_hand)
        await all_have_left(voting, was, new)
        assert was.replication()["role"] == "master"
        await voting.do(was.follow, new)

    lost = fail_over(guarded(durability), promote, hold_back=stall)
    assert bool(lost) is not bool(durability)


@pytest.mark.quick
def test_votes_go_on_while_no_sentinel_can_be_asked(guarded):
    deployment = guarded()

    async def story(voting):
        store = voting.store
        for each in store.sentinels:
            each.kill()
        await eventually(lambda: "No sentinel says where the primary is." in voting.server.log)
        await voting.all_vote()
        assert await voting.told(await voting.everybody_is_in_one_history()) == []
        assert voting.server.is_ready()
        # They come back, and see to a failover that is noticed.
        for each in store.sentinels:
            await voting.do(each.start)
        await voting.do(until, store.is_complete)
        was = store.primary
        await voting.do(store.fail_over)
        await voting.do(store.promoted, was)
        await all_have_left(voting, was)
        await voting.nothing_is_wrong()
        assert store.primary is not was

    server = meet(deployment, story)
    assert server.log.count("No sentinel says where the primary is.") == PROCESSES
