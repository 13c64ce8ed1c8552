"""What Prometheus reads is true of all processes, whichever of them answers."""

import asyncio
import os
import signal

import pytest

from integration.scraping import files_of, numbers, total
from support.connections import served, spread
from support.deployments import Embedded
from support.wait import PATIENCE, eventually


@pytest.fixture
def deployment(deploy_on, tmp_path):
    return deploy_on(Embedded(tmp_path / "store"))


def test_every_worker_says_by_itself_whether_it_has_the_store(deployment):
    server = deployment.serve(processes=2)
    # The first to ask: no one else has been asked before.
    assert numbers(server, "stackvote_store_present") == [1]
    deployment.store.down()

    async def until_it_is(value):
        await eventually(lambda: numbers(server, "stackvote_store_present") == [value])

    asyncio.run(until_it_is(0))
    deployment.store.up()
    asyncio.run(until_it_is(1))


def test_who_was_with_a_killed_worker_is_no_longer_counted(deployment):
    server = deployment.serve(processes=2)

    async def meeting():
        async with deployment.crowd() as crowd:
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


def test_what_a_worker_counted_last_is_not_lost_when_it_is_renewed(deployment):
    server = deployment.serve(processes=2)

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 10)
            await spread(crowd, server)

            async def renew():
                server.signal(signal.SIGHUP)
                await eventually(lambda: "All workers are new." in server.log, 2 * PATIENCE)

            await crowd.busy(renew())
            # Written by the new ones every two seconds, by the old ones at their end.
            await eventually(
                lambda: total(server, "stackvote_requests_total") >= len(deployment.recording.acks)
            )

    asyncio.run(meeting())
