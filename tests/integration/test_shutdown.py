"""Servers are stopped and renewed while people vote: no one is dropped without a word."""

import asyncio
import contextlib
import json
import os
import signal
import socket

import pytest

from model.checker import settled
from support.connections import spread
from support.deployments import Embedded, External
from support.wait import PATIENCE, eventually, until


def test_told_to_stop_it_takes_leave_of_everyone(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 38)
            await crowd.join(server, 2, view="screen")
            await spread(crowd, server)
            connections = [person.connection for person in crowd.all]

            async def stop():
                await deployment.answered(150)
                assert await asyncio.to_thread(server.stop) == 0
                deployment.store.close()
                deployment.store.start()
                port = str(server.port)
                await asyncio.to_thread(deployment.serve, STACKVOTE_PORT=port)

            await crowd.busy(stop())
            await settled(deployment.store, crowd, deployment.recording)
            # Once more, where someone came back to a worker that was not told yet.
            assert {code for person in crowd.all for code in person.closes} == {1012}
            assert all(person.closes for person in crowd.all)
            assert all(person.goodbyes for person in crowd.all)
            assert all(person.goodbyes[0]["retry_after_ms"] > 0 for person in crowd.all)
            assert all(
                connection is not person.connection
                for connection, person in zip(connections, crowd.all, strict=True)
            )
            assert not deployment.recording.refused
            assert "Traceback" not in server.log

    asyncio.run(meeting())


def test_workers_are_renewed_while_people_vote(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            before = server.workers()

            async def renew():
                await deployment.answered(50)
                server.signal(signal.SIGHUP)
                await eventually(lambda: "All workers are new." in server.log, 2 * PATIENCE)

            await crowd.busy(renew())
            await settled(deployment.store, crowd, deployment.recording)
            assert not before & server.workers()
            assert all(set(person.closes) == {1012} for person in crowd.all)
            assert not deployment.recording.refused
            assert "Traceback" not in server.log

    asyncio.run(meeting())


def test_who_comes_while_it_leaves_is_sent_away_with_a_word(deployment):
    """Connections that have not said hello, or say it just then, get the same farewell."""
    server = deployment.serve(processes=1, STACKVOTE_DRAIN_SECONDS="2")

    async def meeting():
        async with deployment.crowd() as crowd:
            first, *_ = await crowd.join(server, 5)
            silent = [await first.connect() for _ in range(5)]
            server.signal(signal.SIGTERM)
            await asyncio.gather(*(connection.wait_closed() for connection in silent))
            await eventually(lambda: all(person.closes for person in crowd.all))
            assert {connection.close_code for connection in silent} == {1012}
            assert {tuple(person.closes) for person in crowd.all} == {(1012,)}

    asyncio.run(meeting())


@pytest.fixture
def embedded_deployment(deploy_on, tmp_path):
    """A place where nothing depends on which store it is."""
    return deploy_on(Embedded(tmp_path / "store"))


@contextlib.asynccontextmanager
async def deaf(person):
    """Open a connection that hears nothing any more, so its server waits for a last word."""
    connection = await person.connect()
    try:
        await connection.send(json.dumps({"type": "hello", "view": "ballot"}))
        assert json.loads(await connection.recv())["type"] == "welcome"
        connection.transport.pause_reading()
        yield connection
    finally:
        connection.transport.abort()


def refuses(server):
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_while_it_leaves_it_answers_and_then_refuses(embedded_deployment):
    server = embedded_deployment.serve(processes=2)
    waits = []

    async def ask():
        began = asyncio.get_running_loop().time()
        answer = await asyncio.to_thread(server.get, "/readyz")
        waits.append(asyncio.get_running_loop().time() - began)
        return answer

    async def meeting():
        async with embedded_deployment.crowd() as crowd:
            person, *_ = await crowd.join(server, 2)
            async with deaf(person):
                server.signal(signal.SIGTERM)
                status, text = 200, ""
                while status == 200:
                    status, text = await ask()
                assert (status, json.loads(text)) == (503, {"status": "draining"})
                # One of the two has no one to wait for; what it lets in it still answers.
                late = await person.connect()
                assert json.loads(await late.recv())["type"] == "goodbye"
                await late.wait_closed()
                assert late.close_code == 1012
                assert (await ask())[0] == 503
                assert await asyncio.to_thread(server.ended) == 0

    asyncio.run(meeting())
    assert max(waits) < 2
    assert refuses(server)


def test_no_one_is_kept_waiting_at_the_door_while_the_store_ends(embedded_deployment):
    server = embedded_deployment.serve(processes=2)
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


def test_one_that_is_replaced_takes_no_new_people(embedded_deployment):
    server = embedded_deployment.serve(processes=1)

    async def meeting():
        async with embedded_deployment.crowd() as crowd:
            person, *_ = await crowd.join(server, 2)
            async with deaf(person):
                server.signal(signal.SIGHUP)
                starting, answers = [], []
                while "All workers are new." not in server.log:
                    # Who has heard goodbye was with the old one, which still waits for the deaf.
                    asked = answers if person.closes else starting
                    asked.append(await asyncio.to_thread(server.get, "/readyz"))
            assert {status for status, _ in answers} == {200}
            # The new one takes no one in before it has met the store.
            assert not [text for _, text in starting if "store_away" in text]

    asyncio.run(meeting())


@pytest.mark.needs("redis-server")
def test_it_ends_in_time_though_the_store_hangs_and_no_one_answers(deploy_on, tmp_path):
    store = External(tmp_path / "store")
    deployment = deploy_on(store)
    server = deployment.serve(processes=1)

    async def meeting():
        async with contextlib.AsyncExitStack() as held:
            for _ in range(3):
                async with deployment.crowd() as crowd:
                    await crowd.create_board(server)
                    (person,) = await crowd.join(server)
                    await held.enter_async_context(deaf(person))
            crowd = await held.enter_async_context(deployment.crowd())
            (voter,) = await crowd.join(server)
            connection = await held.enter_async_context(deaf(voter))
            os.kill(store.pid, signal.SIGSTOP)
            vote = {"round": 1, "ballot": {"approve": ["django"]}}
            await connection.send(json.dumps({"type": "vote", "id": "held", **vote}))
            # A ping is answered after what was sent before it: by then the vote is under way.
            connection.transport.resume_reading()
            await (await connection.ping())
            connection.transport.pause_reading()
            assert await asyncio.to_thread(server.stop) == 0

    asyncio.run(meeting())
    assert "does not stop" not in server.log
