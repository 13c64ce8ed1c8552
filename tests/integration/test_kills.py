"""Processes and stores are killed while people vote: what was acknowledged is there, once."""

import asyncio
import os
import signal

from model.checker import settled
from support.connections import served, spread
from support.processes import wait_until_ended
from support.wait import eventually


def test_a_worker_is_killed_and_everyone_is_back(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 30)
            await spread(crowd, server)
            held = served(server)
            victim = max(held, key=held.get)

            async def kill():
                await deployment.answered(100)
                os.kill(victim, signal.SIGKILL)
                await asyncio.to_thread(wait_until_ended, {victim})
                await eventually(lambda: len(server.workers()) == 3)

            await crowd.busy(kill())
            await settled(deployment.store, crowd, deployment.recording)
            lost = [person for person in crowd.all if person.closes]
            assert len(lost) == held[victim]
            assert all(person.closes == [1006] for person in lost)

    asyncio.run(meeting())


def test_a_worker_that_hangs_for_a_while_takes_up_where_it_stood(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            held = served(server)
            victim = max(held, key=held.get)

            async def hang():
                await deployment.answered(50)
                os.kill(victim, signal.SIGSTOP)
                try:
                    await asyncio.sleep(3.5)  # This is the event itself, not a wait for one.
                finally:
                    os.kill(victim, signal.SIGCONT)
                await deployment.answered(100)

            await crowd.busy(hang())
            await settled(deployment.store, crowd, deployment.recording)
            assert not any(person.closes for person in crowd.all)
            assert not deployment.recording.refused

    asyncio.run(meeting())


def test_the_store_is_killed_and_people_are_told(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            acks = deployment.recording.acks

            async def kill():
                await deployment.answered(100)
                await asyncio.to_thread(deployment.store.down)
                await eventually(lambda: all(p.stores[-1:] == ["away"] for p in crowd.all))
                statuses = [await asyncio.to_thread(server.get, "/readyz") for _ in range(9)]
                assert {status for status, _ in statuses} == {503}
                assert (await asyncio.to_thread(server.get, "/healthz"))[0] == 200
                silent = len(acks)
                for person in crowd.voters:
                    person.vote("flask")
                await eventually(lambda: "store_away" in deployment.recording.put_off)
                assert len(acks) == silent
                await asyncio.to_thread(deployment.store.up)
                await eventually(lambda: all(p.stores[-1:] == ["ok"] for p in crowd.all))
                assert await asyncio.to_thread(server.is_ready)
                await deployment.answered(100)

            await crowd.busy(kill())
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused
            assert not any(person.closes for person in crowd.all)

    asyncio.run(meeting())


def test_everything_is_killed_and_started_again(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def kill():
                await deployment.answered(150)
                pids = [*server.workers(), server.pid, deployment.store.pid]
                # Held, so that it starts no other; and last, so that no worker takes leave.
                server.signal(signal.SIGSTOP)
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
                await asyncio.to_thread(server.ended)
                deployment.store.close()
                deployment.store.start()
                port = str(server.port)
                await asyncio.to_thread(deployment.serve, STACKVOTE_PORT=port)
                await deployment.answered(100)

            await crowd.busy(kill())
            await settled(deployment.store, crowd, deployment.recording)
            assert all(1006 in person.closes for person in crowd.voters)

    asyncio.run(meeting())
