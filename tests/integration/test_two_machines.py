"""Two servers on one store with one secret: one board."""

import asyncio

import pytest
from checker import settled
from people import base_of
from serving import spread
from stores import Debian


@pytest.mark.needs("redis-server")
def test_two_servers_with_one_store_and_secret_serve_one_board(place_on, tmp_path):
    place = place_on(Debian(tmp_path / "redis"))
    here = place.serve("here", processes=2)
    there = place.serve("there", processes=2)

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(here, 15)
            await crowd.join(there, 15)
            await spread(crowd, here)

            async def move():
                """One server goes; its people are sent to the other, with the same cookies."""
                await place.answered(150)
                for person in crowd.all:
                    person.base = base_of(there)
                assert await asyncio.to_thread(here.stop) == 0
                await place.answered(150)

            await crowd.busy(move())
            seats = {person: {w["you"]["seat"] for w in person.welcomes} for person in crowd.all}
            assert all(len(each) == 1 for each in seats.values())
            await settled(place.store, crowd, place.journal)
            assert not place.journal.refused

    asyncio.run(meeting())
