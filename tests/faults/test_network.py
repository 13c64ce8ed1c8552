"""The network fails: between workers and store, and between people and workers."""

import asyncio
import contextlib

import pytest

from faults.meeting import hold
from faults.network_links import Network
from support.deployments import External, deployments
from support.wait import eventually

pytestmark = [pytest.mark.needs("ip"), pytest.mark.needs("redis-server")]

AWAY = {r"The store is away": 4, r"The store can be reached again": 2}


class Site:
    """People here, workers on a machine of their own, and the store on another."""

    def __init__(self, stack, deploy_on, folder):
        self.network = Network(stack)
        self.store_machine = self.network.machine()
        self.worker_machine = self.network.machine()
        self.people = self.network.join(self.network.here, self.worker_machine)
        self.store = self.network.join(self.worker_machine, self.store_machine)
        self.deployment = deploy_on(External(folder / "redis", machine=self.store_machine))
        self.deployment.site = self

    def hold(self, fault, **how):
        return hold(
            self.deployment,
            fault,
            inside=self.worker_machine.inside,
            host=self.people.other,
            **how,
        )


@pytest.fixture
def site(tmp_path):
    with contextlib.ExitStack() as stack:
        deploy_on = stack.enter_context(deployments(tmp_path))
        yield Site(stack, deploy_on, tmp_path)


def bad_for(seconds, link, **how):
    """Make a fault: a link is bad for a while, and then good again."""

    async def fault(meeting):
        link.is_bad(**how)
        await asyncio.sleep(seconds)  # This is the event itself, not a wait for one.
        link.is_good()
        if link is meeting.deployment.site.people:
            for person in meeting.crowd.all:
                person.network_is_back()

    return fault


CUT = {"lost": 1.0}
THERE, BACK = CUT | {"back": False}, CUT | {"there": False}


@pytest.mark.parametrize(
    ("seconds", "how"),
    [(5, CUT), (25, CUT), (10, THERE), (10, BACK)],
    ids=["for a moment", "for long", "there", "back"],
)
def test_the_store_is_cut_off(site, seconds, how):
    site.hold(bad_for(seconds, site.store, **how), says=AWAY)


@pytest.mark.parametrize("restless", [False, True])
def test_the_store_is_far_away(site, restless):
    site.hold(bad_for(10, site.store, delay=0.5), says={}, may_say=AWAY, restless=restless)


def test_the_link_to_the_store_is_bad(site):
    site.hold(bad_for(10, site.store, lost=0.1), says={}, may_say=AWAY)


@pytest.mark.parametrize(
    ("seconds", "how"),
    [(5, CUT), (25, CUT), (15, THERE), (15, BACK)],
    ids=["for a moment", "for long", "there", "back"],
)
def test_people_are_cut_off(site, seconds, how):
    site.hold(bad_for(seconds, site.people, **how), says={})


def test_people_are_far_away(site):
    site.hold(bad_for(10, site.people, delay=0.5), says={})


def test_the_links_to_people_are_bad(site):
    site.hold(bad_for(10, site.people, lost=0.1), says={})


@pytest.mark.quick
def test_one_machine_of_two_is_cut_off_from_the_store(site):
    """Votes on it wait, and are there once; the people on the other notice nothing."""
    network = site.network
    machine = network.machine()
    people, store = network.join(network.here, machine), network.join(machine, site.store_machine)
    redis = site.deployment.store
    near = redis.arguments

    async def cut_one_off(meeting):
        redis.arguments = redis.at(store.other)
        other = await asyncio.to_thread(
            site.deployment.serve, "other", processes=1, inside=machine.inside, host=people.other
        )
        redis.arguments = near
        there = await meeting.crowd.join(other, 40)
        store.is_cut()
        waiting = [person.fill_in() for person in there if person.can_vote]
        await eventually(lambda: all(person.stores[-1:] == ["away"] for person in there))
        late = [
            person.comment(person.board["options"][0]["id"], f"{person} waits") for person in there
        ]
        await meeting.answered(300)
        assert not any(answer.done() for answer in (*waiting, *late))
        assert not any(
            person.stores[-1:] == ["away"] for person in set(meeting.crowd.all) - set(there)
        )
        store.is_good()
        assert all(answer.seq for answer in await asyncio.gather(*late))
        told = other.log[other.log.index("is ready") :].partition("\n")[2]
        meeting.log_says(told, AWAY, {})

    site.hold(cut_one_off, says={}, people=160)
