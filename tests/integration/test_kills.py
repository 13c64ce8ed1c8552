"""Processes and stores are killed while people vote: what was acknowledged is there, once."""

import asyncio
import os
import signal

from checker import settled
from people import eventually
from running import wait_gone
from serving import served, spread


def test_a_worker_is_killed_and_everybody_is_back(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 30)
            await spread(crowd, server)
            held = served(server)
            victim = max(held, key=held.get)

            async def kill():
                await place.answered(100)
                os.kill(victim, signal.SIGKILL)
                await asyncio.to_thread(wait_gone, {victim})
                await eventually(lambda: len(server.workers()) == 3)

            await crowd.busy(kill())
            await settled(place.store, crowd, place.journal)
            lost = [person for person in crowd.all if person.closes]
            assert len(lost) == held[victim]
            assert all(person.closes == [1006] for person in lost)

    asyncio.run(meeting())


def test_a_worker_that_hangs_for_a_while_takes_up_where_it_stood(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            held = served(server)
            victim = max(held, key=held.get)

            async def hang():
                await place.answered(50)
                os.kill(victim, signal.SIGSTOP)
                try:
                    await asyncio.sleep(3.5)  # This is the event itself, not a wait for one.
                finally:
                    os.kill(victim, signal.SIGCONT)
                await place.answered(100)

            await crowd.busy(hang())
            await settled(place.store, crowd, place.journal)
            assert not any(person.closes for person in crowd.all)
            assert not place.journal.refused

    asyncio.run(meeting())


def test_the_store_is_killed_and_people_are_told(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            acks = place.journal.acks

            async def kill():
                await place.answered(100)
                await asyncio.to_thread(place.store.down)
                await eventually(lambda: all(p.stores[-1:] == ["away"] for p in crowd.all))
                statuses = [await asyncio.to_thread(server.get, "/readyz") for _ in range(9)]
                assert {status for status, _ in statuses} == {503}
                assert (await asyncio.to_thread(server.get, "/healthz"))[0] == 200
                silent = len(acks)
                for person in crowd.voters:
                    person.vote("flask")
                await eventually(lambda: "store_away" in place.journal.put_off)
                assert len(acks) == silent
                await asyncio.to_thread(place.store.up)
                await eventually(lambda: all(p.stores[-1:] == ["ok"] for p in crowd.all))
                assert await asyncio.to_thread(server.is_ready)
                await place.answered(100)

            await crowd.busy(kill())
            await settled(place.store, crowd, place.journal)
            assert not place.journal.refused
            assert not any(person.closes for person in crowd.all)

    asyncio.run(meeting())


def test_everything_is_killed_and_started_again(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def kill():
                await place.answered(150)
                pids = [*server.workers(), server.pid, place.store.pid]
                # Held, so that it starts no other; and last, so that no worker takes leave.
                server.signal(signal.SIGSTOP)
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
                await asyncio.to_thread(server.ended)
                place.store.close()
                place.store.start()
                port = str(server.port)
                await asyncio.to_thread(place.serve, STACKVOTE_PORT=port)
                await place.answered(100)

            await crowd.busy(kill())
            await settled(place.store, crowd, place.journal)
            assert all(1006 in person.closes for person in crowd.voters)

    asyncio.run(meeting())
