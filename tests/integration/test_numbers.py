"""What Prometheus reads is true of all processes, whichever of them answers."""

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest
from people import PATIENCE, eventually
from serving import served, spread
from stores import Embedded


@pytest.fixture
def place(place_on, tmp_path):
    return place_on(Embedded(tmp_path / "store"))


def numbers(server, name):
    """All numbers of a metric, whatever their labels."""
    status, text = server.get("/metrics")
    assert status == 200
    return [float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)]


def total(server, name):
    return sum(numbers(server, name))


def files_of(server):
    """The files in which the processes of a server keep their numbers."""
    environment = Path(f"/proc/{min(server.workers())}/environ").read_bytes()
    folder = dict(each.partition(b"=")[::2] for each in environment.split(b"\0"))
    return Path(os.fsdecode(folder[b"PROMETHEUS_MULTIPROC_DIR"]))


def test_every_worker_says_by_itself_whether_it_has_the_store(place):
    server = place.serve(processes=2)
    # The first to ask: nobody else has been asked before.
    assert numbers(server, "stackvote_store_present") == [1]
    place.store.down()

    async def until_it_is(value):
        await eventually(lambda: numbers(server, "stackvote_store_present") == [value])

    asyncio.run(until_it_is(0))
    place.store.up()
    asyncio.run(until_it_is(1))


def test_who_was_with_a_killed_worker_is_no_longer_counted(place):
    server = place.serve(processes=2)

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 6)
            await spread(crowd, server)
            everybody = len(crowd.all)
            await eventually(lambda: total(server, "stackvote_connections") == everybody)
            await eventually(lambda: numbers(server, "stackvote_rooms") == [2])
            folder = files_of(server)
            killed = max(served(server), key=served(server).get)
            assert list(folder.glob(f"gauge_live*_{killed}.db"))
            before = server.workers()
            os.kill(killed, signal.SIGKILL)
            await eventually(lambda: len(server.workers() - before) == 1)
            await eventually(lambda: all(person.present for person in crowd.all))
            await eventually(lambda: total(server, "stackvote_connections") == everybody)
            await eventually(lambda: numbers(server, "stackvote_store_present") == [1])
            assert not list(folder.glob(f"gauge_live*_{killed}.db"))

    asyncio.run(meeting())


def test_what_a_worker_counted_last_is_not_lost_when_it_is_renewed(place):
    server = place.serve(processes=2)

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 10)
            await spread(crowd, server)

            async def renew():
                server.signal(signal.SIGHUP)
                await eventually(lambda: "All workers are new." in server.log, 2 * PATIENCE)

            await crowd.busy(renew())
            # Written by the new ones every two seconds, by the old ones at their end.
            await eventually(
                lambda: total(server, "stackvote_requests_total") >= len(place.journal.acks)
            )

    asyncio.run(meeting())
