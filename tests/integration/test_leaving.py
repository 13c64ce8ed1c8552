"""Servers are stopped and renewed while people vote: nobody is dropped without a word."""

import asyncio
import contextlib
import json
import os
import signal
import socket

import pytest
from checker import settled
from people import PATIENCE, eventually
from running import until
from serving import spread
from stores import Debian, Embedded


def test_told_to_stop_it_takes_leave_of_everybody(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 38)
            await crowd.join(server, 2, view="screen")
            await spread(crowd, server)
            lines = [person.line for person in crowd.all]

            async def stop():
                await place.answered(150)
                assert await asyncio.to_thread(server.stop) == 0
                place.store.close()
                place.store.start()
                port = str(server.port)
                await asyncio.to_thread(place.serve, STACKVOTE_PORT=port)

            await crowd.busy(stop())
            await settled(place.store, crowd, place.journal)
            # Once more, where somebody came back to a worker that was not told yet.
            assert {code for person in crowd.all for code in person.closes} == {1012}
            assert all(person.closes for person in crowd.all)
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
                await place.answered(50)
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


@pytest.fixture
def quiet_place(place_on, tmp_path):
    """A place where nothing depends on which store it is."""
    return place_on(Embedded(tmp_path / "store"))


@contextlib.asynccontextmanager
async def deaf(person):
    """Open a connection that hears nothing any more, so its server waits for a last word."""
    line = await person.connect()
    try:
        await line.send(json.dumps({"type": "hello", "view": "ballot"}))
        assert json.loads(await line.recv())["type"] == "welcome"
        line.transport.pause_reading()
        yield line
    finally:
        line.transport.abort()


def refuses(server):
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_while_it_leaves_it_answers_and_then_refuses(quiet_place):
    server = quiet_place.serve(processes=2)
    waits = []

    async def ask():
        began = asyncio.get_running_loop().time()
        answer = await asyncio.to_thread(server.get, "/readyz")
        waits.append(asyncio.get_running_loop().time() - began)
        return answer

    async def meeting():
        async with quiet_place.crowd() as crowd:
            person, *_ = await crowd.join(server, 2)
            async with deaf(person):
                server.signal(signal.SIGTERM)
                status, text = 200, ""
                while status == 200:
                    status, text = await ask()
                assert (status, json.loads(text)) == (503, {"status": "draining"})
                # One of the two has nobody to wait for; what it lets in it still answers.
                late = await person.connect()
                assert json.loads(await late.recv())["type"] == "goodbye"
                await late.wait_closed()
                assert late.close_code == 1012
                assert (await ask())[0] == 503
                assert await asyncio.to_thread(server.ended) == 0

    asyncio.run(meeting())
    assert max(waits) < 2
    assert refuses(server)


def test_nobody_is_kept_waiting_at_the_door_while_the_store_ends(quiet_place):
    server = quiet_place.serve(processes=2)
    store = server.store()
    os.kill(store, signal.SIGSTOP)
    try:
        server.signal(signal.SIGTERM)
        until(lambda: not server.workers())
        assert server.process.poll() is None
        assert refuses(server)
    finally:
        os.kill(store, signal.SIGCONT)
    assert server.ended() == 0


def test_one_that_is_replaced_takes_no_new_people(quiet_place):
    server = quiet_place.serve(processes=1)

    async def meeting():
        async with quiet_place.crowd() as crowd:
            person, *_ = await crowd.join(server, 2)
            async with deaf(person):
                server.signal(signal.SIGHUP)
                starting, answers = [], []
                while "All workers are new." not in server.log:
                    # Who has heard goodbye was with the old one, which still waits for the deaf.
                    asked = answers if person.closes else starting
                    asked.append(await asyncio.to_thread(server.get, "/readyz"))
            assert {status for status, _ in answers} == {200}
            # The new one takes nobody in before it has met the store.
            assert not [text for _, text in starting if "store_away" in text]

    asyncio.run(meeting())


@pytest.mark.needs("redis-server")
def test_it_ends_in_time_though_the_store_hangs_and_nobody_answers(place_on, tmp_path):
    store = Debian(tmp_path / "store")
    place = place_on(store)
    server = place.serve(processes=1)

    async def meeting():
        async with contextlib.AsyncExitStack() as held:
            for _ in range(3):
                async with place.crowd() as crowd:
                    await crowd.found(server)
                    (person,) = await crowd.join(server)
                    await held.enter_async_context(deaf(person))
            crowd = await held.enter_async_context(place.crowd())
            (voter,) = await crowd.join(server)
            line = await held.enter_async_context(deaf(voter))
            os.kill(store.pid, signal.SIGSTOP)
            vote = {"round": 1, "ballot": {"approve": ["django"]}}
            await line.send(json.dumps({"type": "vote", "id": "held", **vote}))
            # A ping is answered after what was sent before it: by then the vote is under way.
            line.transport.resume_reading()
            await (await line.ping())
            line.transport.pause_reading()
            assert await asyncio.to_thread(server.stop) == 0

    asyncio.run(meeting())
    assert "does not end" not in server.log
