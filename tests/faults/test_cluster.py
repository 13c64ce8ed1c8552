"""A cluster whose nodes fail and whose slots move while people vote: six real servers."""

import asyncio
import contextlib
import json
import re
import urllib.request
from functools import partial
from types import SimpleNamespace

import pytest
from redis.crc import key_slot

from faults.voting import CODE, PROCESSES, all_have_left, meet, stall, vote_during
from model.checker import settled
from model.clients import Crowd
from model.recording import Recording
from support.clusters import Cluster
from support.wait import eventually, until

SAFE = ("--durability", "replica", "--replicas", "1")


@pytest.fixture
def clustered(deploy_on, tmp_path):
    """Create a deployment on three primaries with a replica each."""

    def make(durability=(), **more):
        store = Cluster(tmp_path / "stores", cluster_require_full_coverage="no", **more)
        store.durability = durability
        return deploy_on(store)

    return make


@pytest.mark.quick
def test_a_primary_is_killed(clustered):
    async def kill(voting, was):
        was.kill()
        pages = voting.crowd.all
        await eventually(lambda: all(one.stores[-1:] == ["away"] for one in pages if one.present))
        # There are boards on other nodes that can be voted on.
        assert voting.server.is_ready()
        now = await voting.do(voting.store.promoted, was)
        await all_have_left(voting, was, now)
        # Until there is a replica again, no vote is confirmed.
        await voting.do(was.start)

    vote_during(kill, clustered(SAFE))


async def is_killed(voting, was, _replica):
    """It comes back when another one has its slots, and gives up what only it had."""
    was.kill()
    await voting.do(voting.store.promoted, was)
    await voting.do(was.start)


async def is_replaced(_voting, _was, replica):
    """Its replica asks no one. It goes on until it hears of that."""
    replica.run("CLUSTER", "FAILOVER", "TAKEOVER")


@pytest.mark.parametrize(
    ("promote", "durability"),
    [
        (is_killed, ()),
        (is_killed, SAFE),
        (is_replaced, ()),
        pytest.param(is_replaced, SAFE, marks=pytest.mark.quick),
    ],
)
def test_a_replica_that_lacks_votes_is_promoted(clustered, promote, durability):
    """On one machine it lags by less than a millisecond, unless it is held back."""

    async def fault(voting, was):
        replica = voting.store.replica_of(was)
        await promote(voting, was, replica)
        await all_have_left(voting, was, replica)

    lost = vote_during(fault, clustered(durability, relay=True), hold_back=stall)
    assert bool(lost) is not bool(durability)


def test_a_planned_failover(clustered):
    async def ask(voting, was):
        replica = voting.store.replica_of(was)
        replica.run("CLUSTER", "FAILOVER")
        await voting.do(voting.store.promoted, was)
        await all_have_left(voting, was, replica)

    vote_during(ask, clustered())


@pytest.mark.quick
def test_slots_are_moved(clustered):
    async def move(voting, was):
        other = next(each for each in voting.store.first if each is not was)
        for source, target in ((was, other), (other, was)):
            await voting.do(voting.store.move, CODE, target)
            await all_have_left(voting, source, target)
            await voting.deployment.answered(30)

    vote_during(move, clustered())


@contextlib.asynccontextmanager
async def neighbours(voting, suits):
    """Give people who vote on another board, with a code that suits."""
    async with Crowd(Recording(), "", voting.deployment.random) as others:
        while not others.code or not suits(others.code):
            await others.create_board(voting.server)
        host = await others.join_host(voting.server)
        await host.send("open_round", method="approval")
        await others.join(voting.server, 6)
        yield others


async def are_left_alone(others, store):
    """Require that people have noticed nothing of what happened elsewhere."""
    theirs = SimpleNamespace(client=partial(store.client, others.code))
    await settled(theirs, others, others.recording)
    assert all("away" not in person.stores for person in others.all)
    assert all(len(person.welcomes) == 1 for person in others.all)


@pytest.mark.parametrize(
    "how", [pytest.param(Cluster.reshard, marks=pytest.mark.quick), Cluster.migrate]
)
def test_hundreds_of_slots_are_moved(clustered, how):
    """Boards in other slots notice nothing of it."""
    slot = key_slot(CODE.encode())
    slots = range(slot - 150, slot + 150)

    async def story(voting):
        store, was = voting.store, voting.store.primary_of(CODE)
        other = next(each for each in store.first if each is not was)

        async def move():
            await voting.deployment.answered(20)
            await voting.do(how, store, slots, was, other)
            await all_have_left(voting, was, other)
            await voting.deployment.answered(30)

        async with neighbours(voting, lambda code: key_slot(code.encode()) not in slots) as others:
            await others.busy(voting.crowd.busy(move()))
            await are_left_alone(others, store)
        assert store.primary_of(CODE) is other
        assert await voting.nothing_is_wrong() == []
        assert voting.lost_comments(voting.reference) == []

    server = meet(clustered(), story)
    assert server.log.count("Slots of the store were on") <= 4 * PROCESSES


@pytest.mark.quick
def test_nodes_disagree_about_a_slot(clustered):
    """Its node says that none has it, and all others that it does: only its boards wait."""
    slot = key_slot(CODE.encode())

    async def story(voting):
        store, server = voting.store, voting.server
        was = store.primary_of(CODE)
        async with neighbours(voting, lambda code: store.primary_of(code) is was) as others:

            async def disagree():
                was.run("CLUSTER", "DELSLOTS", slot)
                waiting = [person.vote(*person.round["options"][:1]) for person in voters]
                # A worker without voters finds out when it compares the board with the log.
                await eventually(lambda: all(one.stores[-1:] == ["away"] for one in pages), 60)
                assert server.is_ready()
                for _ in range(5):
                    assert await voting.do(created, server)
                was.run("CLUSTER", "ADDSLOTS", slot)
                await asyncio.gather(*waiting)

            voters, pages = voting.crowd.voters, voting.crowd.all
            await others.busy(disagree())
            await are_left_alone(others, store)
        assert await voting.nothing_is_wrong() == []

    server = meet(clustered(), story)
    assert server.log.count(f"No node of the store takes what is in slot {slot} (") == PROCESSES


@pytest.mark.quick
def test_a_shard_that_is_away_stops_its_own_boards_alone(clustered):
    deployment = clustered()

    async def story(voting):
        store, server = voting.store, voting.server
        mine = store.primary_of(CODE)
        other = next(each for each in store.first if each is not mine)
        members = {each: (each, store.replica_of(each)) for each in (mine, other)}
        # Who comes before a new worker has heard from each node is told that it is away.
        told = {person: len(person.stores) for person in voting.crowd.all}

        for each in members[other]:
            each.kill()
        await eventually(lambda: is_away(server, other))
        await voting.all_vote()
        assert all("away" not in person.stores[told[person] :] for person in voting.crowd.all)
        for each in members[other]:
            await voting.do(each.start)
        await voting.do(until, store.is_complete)
        await eventually(lambda: is_back(server, other))

        for each in members[mine][::-1]:
            each.kill()
        pages = voting.crowd.all
        await eventually(lambda: all(one.stores[-1:] == ["away"] for one in pages))
        assert server.is_ready()
        # New boards are made where there is a node.
        for _ in range(5):
            assert await voting.do(created, server)
        for each in members[mine]:
            await voting.do(each.start)
        await voting.do(until, store.is_complete)
        assert await voting.nothing_is_wrong() == []

    meet(deployment, story)


def is_away(server, node):
    return last_said(server, node) == {"is away"}


def is_back(server, node):
    return last_said(server, node) == {"can be reached again"}


def last_said(server, node):
    """Return what the workers said last about a node."""
    line = rf"(\d+) \S+: The store's node {node.name} (is away|can be reached again)"
    last = dict(re.findall(line, server.log))
    return {*last.values()} if len(last) == PROCESSES else set()


def created(server):
    """Create a board, and return its code."""
    made = {"title": "Which one?", "options": [{"name": "Flask"}, {"name": "Django"}]}
    request = urllib.request.Request(
        f"{server.address}/api/boards",
        json.dumps(made).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["code"]
