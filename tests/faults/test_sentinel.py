"""A store that sentinels fail over while people vote: real primaries, replicas and sentinels.

Killing a primary proves little on one machine, where a replica lags by less than a millisecond. So
what the primary passes on is held back first.
"""

import re
import signal

import pytest

from faults.voting import meet
from support.sentinels import NAME, TIMERS, Guarded
from support.store import REDIS, VALKEY
from support.wait import eventually, until

PROCESSES = 3
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


def fail_over(deployment, fault, *, held_back=True):
    """Let people vote and comment during a fault; return the comments that were lost, all told.

    `fault` gets the voting and the primary, and ends when there is another one that takes votes.
    `held_back`: the replicas get nothing from the primary from shortly before the fault.
    """
    lost = []

    async def story(voting):
        store, was = voting.store, voting.store.primary
        safe = bool(store.durability)

        async def happens():
            await voting.deployment.answered(20)
            await voting.do(store.replicated)
            if held_back:
                store.stall()
                if safe:
                    await eventually(lambda: all(one.waiting for one in voting.crowd.voters))
                else:
                    await voting.deployment.answered(30)
            await fault(voting, was)
            # Each process says which primary went, and which came.
            await all_have_left(voting, was)
            await voting.deployment.answered(30)

        await voting.crowd.busy(happens())
        assert store.primary is not was
        votes = await voting.nothing_is_wrong()
        lost.extend(voting.lost_comments(voting.reference))
        if safe:
            assert (votes, lost) == ([], [])
        assert all(person.stores[-1:] != ["away"] for person in voting.crowd.all)
        assert voting.server.is_ready()

    meet(deployment, story)
    return lost


def have_switched(voting, was, now):
    """Whether each process has logged that it left one primary for another.

    One can do so twice: it goes there, back, and there again while the sentinels do not agree yet.
    """
    line = rf"(\d+) \S+: The primary of '{NAME}' was {was.place} and is now {now.place}\."
    return len(set(re.findall(line, voting.server.log))) == PROCESSES


async def all_have_left(voting, was, now=None):
    """Wait until every worker has left a primary for the one that is named now."""
    await eventually(lambda: have_switched(voting, was, now or voting.store.primary))


@pytest.mark.quick
@BOTH
@PROGRAMS
def test_a_primary_is_killed(guarded, durability, program):
    async def kill(voting, was):
        was.kill()
        await eventually(lambda: not voting.server.is_ready())
        pages = voting.crowd.all
        await eventually(lambda: all(one.stores[-1:] == ["away"] for one in pages if one.present))
        await voting.do(voting.store.switched, was)
        # With the old one away, too few replicas are left to confirm a vote.
        await voting.do(was.start)

    lost = fail_over(guarded(durability, program), kill)
    assert bool(lost) is not bool(durability)


@BOTH
def test_a_primary_is_frozen_and_returns_before_its_demotion(guarded, durability):
    """Its connections are still open, and it still believes that it is the primary."""

    async def freeze(voting, was):
        was.signal(signal.SIGSTOP)
        try:
            await voting.do(voting.store.switched, was)
        finally:
            was.signal(signal.SIGCONT)
        await voting.do(until, was.answers)
        assert was.replication()["role"] == "master"
        await voting.do(until, lambda: was.replication()["role"] == "slave")

    lost = fail_over(guarded(durability), freeze)
    assert bool(lost) is not bool(durability)


@pytest.mark.quick
@BOTH
def test_a_planned_failover(guarded, durability):
    async def ask(voting, was):
        await voting.do(voting.store.fail_over)
        await voting.do(voting.store.switched, was)

    lost = fail_over(guarded(durability), ask)
    assert bool(lost) is not bool(durability)


def test_a_planned_failover_that_waits_for_the_replica_loses_nothing(guarded):
    async def ask(voting, was):
        await voting.do(voting.store.fail_over, "COORDINATED")
        await voting.do(voting.store.switched, was)

    assert fail_over(guarded(), ask, held_back=False) == []


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

    lost = fail_over(guarded(durability), promote)
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
        await voting.do(store.switched, was)
        await all_have_left(voting, was)
        await voting.nothing_is_wrong()
        assert store.primary is not was

    server = meet(deployment, story)
    assert server.log.count("No sentinel says where the primary is.") == PROCESSES
