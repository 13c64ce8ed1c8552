"""A cluster whose nodes fail and whose slots move while people vote: six real servers."""

import json
import re
import urllib.request

import pytest

from faults.voting import meet
from support.clusters import Cluster
from support.wait import eventually, until

PROCESSES = 3
CODE = "FRAMEWORKS"
SAFE = ("--durability", "replica", "--replicas", "1")


@pytest.fixture
def clustered(deploy_on, tmp_path):
    """Create a deployment on three primaries with a replica each."""

    def make(durability=()):
        store = Cluster(tmp_path / "stores", cluster_require_full_coverage="no")
        store.durability = durability
        return deploy_on(store)

    return make


def happens(deployment, fault):
    """Let people vote and comment while something happens to the node that has their board.

    `fault` gets the voting and that node. In the end nothing is lost that was acknowledged.
    """

    async def story(voting):
        was = voting.store.primary_of(CODE)

        async def busy():
            await voting.deployment.answered(20)
            await voting.do(voting.store.replicated)
            await fault(voting, was)
            await voting.deployment.answered(30)

        await voting.crowd.busy(busy())
        assert await voting.nothing_is_wrong() == []
        assert voting.lost_comments(voting.reference) == []
        assert all(person.stores[-1:] != ["away"] for person in voting.crowd.all)
        assert voting.server.is_ready()

    return meet(deployment, story)


async def all_follow(voting, was, now):
    """Wait until every worker goes by the slots that have moved."""
    line = rf"(\d+) \S+: Slots of the store were on {was.name} and are now on {now.name}:"
    await eventually(lambda: len(set(re.findall(line, voting.server.log))) == PROCESSES)


@pytest.mark.quick
def test_a_primary_is_killed(clustered):
    async def kill(voting, was):
        was.kill()
        pages = voting.crowd.all
        await eventually(lambda: all(one.stores[-1:] == ["away"] for one in pages if one.present))
        # There are boards on other nodes that can be voted on.
        assert voting.server.is_ready()
        now = await voting.do(voting.store.promoted, was)
        await all_follow(voting, was, now)
        # Until there is a replica again, no vote is confirmed.
        await voting.do(was.start)

    happens(clustered(SAFE), kill)


def test_a_planned_failover(clustered):
    async def ask(voting, was):
        replica = voting.store.replica_of(was)
        replica.run("CLUSTER", "FAILOVER")
        await voting.do(voting.store.promoted, was)
        await all_follow(voting, was, replica)

    happens(clustered(), ask)


@pytest.mark.quick
def test_slots_are_moved(clustered):
    async def move(voting, was):
        other = next(each for each in voting.store.first if each is not was)
        for source, target in ((was, other), (other, was)):
            await voting.do(voting.store.move, CODE, target)
            await all_follow(voting, source, target)
            await voting.deployment.answered(30)

    happens(clustered(), move)


@pytest.mark.quick
def test_a_shard_that_is_away_stops_its_own_boards_alone(clustered):
    deployment = clustered()

    async def story(voting):
        store, server = voting.store, voting.server
        mine = store.primary_of(CODE)
        other = next(each for each in store.first if each is not mine)
        members = {each: (each, store.replica_of(each)) for each in (mine, other)}

        for each in members[other]:
            each.kill()
        await eventually(lambda: is_away(server, other))
        await voting.all_vote()
        assert all("away" not in person.stores for person in voting.crowd.all)
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
