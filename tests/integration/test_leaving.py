"""Servers are stopped and renewed while people vote: nobody is dropped without a word."""

import asyncio
import signal

from checker import settled
from people import PATIENCE, eventually
from serving import spread


def test_told_to_stop_it_takes_leave_of_everybody(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 38)
            await crowd.join(server, 2, view="screen")
            await spread(crowd, server)
            acks = place.journal.acks
            lines = [person.line for person in crowd.all]

            async def stop():
                await eventually(lambda: len(acks) > 150)
                assert await asyncio.to_thread(server.stop) == 0
                place.store.close()
                place.store.start()
                port = str(server.port)
                await asyncio.to_thread(place.serve, STACKVOTE_PORT=port)

            await crowd.busy(stop())
            await settled(place.store, crowd, place.journal)
            assert {person: person.closes for person in crowd.all} == {
                person: [1012] for person in crowd.all
            }
            assert all(person.goodbyes for person in crowd.all)
            assert all(person.goodbyes[0]["retry_after_ms"] > 0 for person in crowd.all)
            assert all(
                line is not person.line for line, person in zip(lines, crowd.all, strict=True)
            )
            assert not place.journal.refused
            assert "Traceback" not in server.log

    asyncio.run(meeting())


def test_workers_are_renewed_while_people_vote(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            before = server.workers()

            async def renew():
                await eventually(lambda: len(place.journal.acks) > 50)
                server.signal(signal.SIGHUP)
                await eventually(lambda: "All workers are new." in server.log, 2 * PATIENCE)

            await crowd.busy(renew())
            await settled(place.store, crowd, place.journal)
            assert not before & server.workers()
            assert all(set(person.closes) == {1012} for person in crowd.all)
            assert not place.journal.refused
            assert "Traceback" not in server.log

    asyncio.run(meeting())


def test_who_comes_while_it_leaves_is_sent_away_with_a_word(place):
    """Connections that have not said hello, or say it just then, get the same farewell."""
    server = place.serve(processes=1, STACKVOTE_DRAIN_SECONDS="2")

    async def meeting():
        async with place.crowd() as crowd:
            first, *_ = await crowd.join(server, 5)
            silent = [await first.connect() for _ in range(5)]
            server.signal(signal.SIGTERM)
            await asyncio.gather(*(line.wait_closed() for line in silent))
            await eventually(lambda: all(person.closes for person in crowd.all))
            assert {line.close_code for line in silent} == {1012}
            assert {tuple(person.closes) for person in crowd.all} == {(1012,)}

    asyncio.run(meeting())
