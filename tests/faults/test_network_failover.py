"""Stores on machines of their own, with bad links between them, fail over while people vote.

On one machine everything arrives, at once. Here it is late, some of it twice and some of it never;
and a primary that is cut off goes on as one, until its network is back.
"""

import asyncio
import contextlib
import itertools
from functools import partial

import pytest

from faults.network_links import Network
from faults.voting import all_have_left, vote_during
from support.clusters import Cluster
from support.sentinels import NAME, Guarded
from support.wait import eventually, until

pytestmark = pytest.mark.needs("ip")

BAD = {"delay": 0.03, "lost": 0.01}
"""Of each link: from store to store, everything takes two of them."""
NOTICED = 2000
"""In ms: a frame that is lost twice does not make the nodes of a cluster replace each other."""


class Site:
    """Three machines with stores, on links to the one with the workers, which joins them all."""

    def __init__(self, stack):
        self.network = network = Network(stack)
        self.workers = network.machine()
        self.workers.passes_on()
        self.people = network.join(network.here, self.workers)
        self.links = {}
        """From the workers to each machine with stores."""
        self._parted = []
        for _ in range(3):
            machine = network.machine()
            self.links[machine] = link = network.join(self.workers, machine)
            machine.ip("route", "add", "default", "via", link.one)

    @property
    def machines(self):
        return list(self.links)

    async def becomes_bad(self, voting, _was):
        """Let people vote over bad links; they are still good while all that is started."""
        for link in self.links.values():
            link.is_bad(**BAD)
        await voting.deployment.answered(30)

    def part(self, *machines):
        """Let these machines reach the workers, but none of the others."""
        for n, one in enumerate(machines):
            for other in machines[n + 1 :]:
                self.workers.parts(one, other)
                self._parted.append((one, other))

    def unite(self):
        while self._parted:
            self.workers.unites(*self._parted.pop())

    def vote_during(self, fault, deployment, hold_back):
        where = {"inside": self.workers.inside, "host": self.people.other}
        return vote_during(fault, deployment, hold_back=hold_back, **where)


@pytest.fixture
def site():
    with contextlib.ExitStack() as stack:
        yield Site(stack)


async def loses_power(site, voting, was):
    """All that the primary has on its way is lost with its machine."""
    site.links[was.machine].is_cut()
    was.kill()
    await is_replaced(site, voting, was)
    site.links[was.machine].is_bad(**BAD)
    await voting.do(was.start)


async def is_cut_off(site, voting, was):
    """The primary runs on, hears of nothing, and is demoted when it does."""
    site.links[was.machine].is_cut()
    await is_replaced(site, voting, was)
    assert was.replication()["role"] == "master"
    site.links[was.machine].is_bad(**BAD)
    await voting.do(until, was.is_replica)


async def is_replaced(site, voting, was):
    """Wait until all workers have left a primary that is cut off; return the other one."""
    site.unite()
    now = await voting.do(voting.store.promoted, was)
    await all_have_left(voting, was, now)
    return now


def each_fault(*quick):
    """Run a test with each fault, with and without `WAIT`; CI runs the one that is `quick`."""
    each = itertools.product((loses_power, is_cut_off), (False, True))
    return pytest.mark.parametrize(
        ("fault", "safe"),
        [pytest.param(*one, marks=pytest.mark.quick if one == quick else ()) for one in each],
    )


def guarded(site, folder, safe):
    """Return a primary, two replicas and three sentinels."""
    store = Guarded(folder, machines=site.machines)
    store.durability = ("--durability", "replica", "--replicas", "2") if safe else ()
    # If both sentinels that are left stood for election at once, none might win for a long time.
    store.sentinels[-1].run("SENTINEL", "SET", NAME, "quorum", 3)
    for each in store.sentinels:
        # They wait for four times as long before they demote a primary that is back.
        each.run("SENTINEL", "DEBUG", "PUBLISH-PERIOD", 500)
    return store


@each_fault(loses_power, False)
def test_sentinels_replace_a_primary(site, deploy_on, tmp_path, fault, safe):
    store = guarded(site, tmp_path / "stores", safe)

    async def hold_back(voting, was):
        await site.becomes_bad(voting, was)
        # Sentinels that cannot reach each other do not fail over.
        site.part(*site.machines)

    lost = site.vote_during(partial(fault, site), deploy_on(store), hold_back)
    assert bool(lost) is not safe


@pytest.mark.parametrize("safe", [False, True])
def test_people_vote_on_both_sides_of_a_cut(site, deploy_on, tmp_path, safe):
    """A server on the machine of the primary goes on with it: there are two at once."""

    async def fault(voting, was):
        beside = site.network.join(site.network.here, was.machine)
        where = {"inside": was.machine.inside, "host": beside.other}
        other = await voting.do(partial(voting.deployment.serve, "other", 1, **where))
        there = await voting.crowd.join(other, 4)
        option = voting.crowd.options[0]
        site.links[was.machine].is_cut()
        said = [person.comment(option, f"{person} is cut off") for person in there]
        now = await is_replaced(site, voting, was)
        if safe:
            assert not any(answer.done() for answer in said)
        else:
            await asyncio.gather(*said)
            await eventually(lambda: voting.host.epoch != there[0].epoch)
        site.links[was.machine].is_bad(**BAD)
        await eventually(lambda: voting.store.switch(was, now) in other.log)
        assert all(answer.seq for answer in await asyncio.gather(*said))

    deployment = deploy_on(guarded(site, tmp_path / "stores", safe))
    lost = site.vote_during(fault, deployment, site.becomes_bad)
    assert bool(lost) is not safe


@each_fault(is_cut_off, True)
def test_a_cluster_replaces_a_primary(site, deploy_on, tmp_path, fault, safe):
    store = Cluster(
        tmp_path / "stores",
        machines=site.machines,
        cluster_require_full_coverage="no",
        cluster_node_timeout=NOTICED,
    )
    store.durability = ("--durability", "replica", "--replicas", "1") if safe else ()

    async def hold_back(voting, was):
        await site.becomes_bad(voting, was)
        # Those that can reach both keep the cluster together.
        site.part(was.machine, store.replica_of(was).machine)

    lost = site.vote_during(partial(fault, site), deploy_on(store), hold_back)
    assert bool(lost) is not safe
