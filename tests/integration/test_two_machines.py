"""Two servers on one store with one secret: one board."""

import asyncio

import pytest

from model.checker import settled
from support.connections import spread
from support.deployments import External


@pytest.mark.needs("redis-server")
def test_two_servers_with_one_store_and_secret_serve_one_board(deploy_on, tmp_path):
    deployment = deploy_on(External(tmp_path / "redis"))
    here = deployment.serve("here", processes=2)
    there = deployment.serve("there", processes=2)

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(here, 15)
            await crowd.join(there, 15)
            await spread(crowd, here)

            async def move():
                """One server goes; its people are sent to the other, with the same cookies."""
                await deployment.answered(150)
                for person in crowd.all:
                    person.base = there.address
                assert await asyncio.to_thread(here.stop) == 0
                await deployment.answered(150)

            await crowd.busy(move())
            seats = {person: {w["you"]["seat"] for w in person.welcomes} for person in crowd.all}
            assert all(len(each) == 1 for each in seats.values())
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused

    asyncio.run(meeting())
