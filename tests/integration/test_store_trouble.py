"""The store hangs, is busy, forgets everything or goes back in time."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from model.checker import settled
from server.domain import actions as act
from server.store import keys
from support.connections import spread
from support.deployments import External
from support.programs import path_of
from support.store import REDIS, VALKEY, Host
from support.wait import eventually

DAY = 86_400


@pytest.fixture
def forgetful(deploy_on, tmp_path):
    """A place whose store keeps nothing on disk."""
    return deploy_on(External(tmp_path / "redis", durable=False))


def test_a_store_that_hangs_for_a_while_is_waited_for(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def hang():
                await deployment.answered(100)
                os.kill(deployment.store.pid, signal.SIGSTOP)
                try:
                    await asyncio.sleep(5)  # This is the event itself, not a wait for one.
                    told = [person.stores[-1:] == ["away"] for person in crowd.all]
                finally:
                    os.kill(deployment.store.pid, signal.SIGCONT)
                assert all(told)
                await deployment.answered(100)

            await crowd.busy(hang())
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused
            assert "Traceback" not in server.log

    asyncio.run(meeting())


def test_a_phone_that_changes_networks_while_the_store_dies_keeps_its_last_word(deployment):
    """The older vote waits in one process, the newer one comes in by another.

    It is safe because whoever comes back says everything again that has no answer, in order:
    the older one is then in the log before the newer one, and the copy that waited is a repeat.
    """
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            os.kill(deployment.store.pid, signal.SIGSTOP)
            for person in crowd.voters:
                person.vote("django")
            await asyncio.sleep(0.2)  # Time for the votes to arrive; nothing can show it.
            await asyncio.to_thread(deployment.store.down)
            for person in crowd.voters:
                person.cut_connection()
            await eventually(lambda: all(len(p.welcomes) > 1 for p in crowd.voters))
            answers = [person.vote("flask") for person in crowd.voters]
            # The longer it is away, the later the waiting copies are tried again.
            await asyncio.sleep(2)
            await asyncio.to_thread(deployment.store.up)
            await asyncio.gather(*answers)
            # A process that stops has first put into the log whatever waited in it.
            assert await asyncio.to_thread(server.stop) == 0
            deployment.store.close()
            deployment.store.start()
            await asyncio.to_thread(deployment.serve, STACKVOTE_PORT=str(server.port))
            reference = await settled(deployment.store, crowd, deployment.recording)
            assert len(reference.ballots) == 20
            assert all(ballot == {"approve": ["flask"]} for ballot in reference.ballots.values())

    asyncio.run(meeting())


def test_a_store_that_is_busy_with_something_else_is_waited_for(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 10)
            await spread(crowd, server)
            with deployment.store.client() as client:
                client.config_set("busy-reply-threshold", 50)

            def block():
                with deployment.store.client() as client:
                    client.eval(
                        "local function now() local t = redis.call('TIME')"
                        " return t[1] + t[2] / 1e6 end"
                        " local start = now() while now() - start < 1 do end",
                        0,
                    )

            async def busy():
                await deployment.answered(50)
                await asyncio.to_thread(block)
                await deployment.answered(50)
                await eventually(lambda: all(p.stores[-1:] != ["away"] for p in crowd.all))

            await crowd.busy(busy())
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused
            assert "Traceback" not in server.log

    asyncio.run(meeting())


@pytest.mark.needs("redis-server")
def test_a_store_that_forgot_everything_starts_again(forgetful):
    deployment = forgetful
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd, deployment.crowd() as others:
            await crowd.join(server, 15)
            await spread(crowd, server)
            await others.create_board(server)
            await others.join(server, 15)
            await crowd.busy(deployment.answered(100))
            epochs = {person.epoch for person in crowd.all}
            assert len(epochs) == 1

            await asyncio.to_thread(deployment.store.down)
            await asyncio.to_thread(deployment.store.up)

            await eventually(lambda: all(person.closes for person in others.all))
            assert {tuple(person.closes) for person in others.all} == {(4004,)}
            await eventually(lambda: not any(person.epoch in epochs for person in crowd.all))
            assert not any(person.closes for person in crowd.all)
            assert not any(person.welcomes[-1]["resumed"] for person in crowd.all)
            reference = await settled(deployment.store, crowd, deployment.recording)
            assert not reference.ballots
            assert not reference.comments
            assert {person.ballot for person in crowd.all} == {None}
            status, _ = await asyncio.to_thread(server.get, f"/b/{others.code}")
            assert status == 404

            await crowd.busy(deployment.answered(100))
            await settled(deployment.store, crowd, deployment.recording)

    asyncio.run(meeting())


@pytest.mark.needs("redis-server")
def test_a_store_that_went_back_in_time_takes_everyone_along(forgetful):
    """Positions are handed out a second time: no one may mistake one for the other."""
    deployment = forgetful
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def go_back():
                await deployment.answered(100)
                with deployment.store.client() as client:
                    client.save()
                await deployment.answered(100)
                await asyncio.to_thread(deployment.store.down)
                await asyncio.to_thread(deployment.store.up)
                await deployment.answered(100)

            await crowd.busy(go_back())
            (epoch,) = {person.epoch for person in crowd.all}
            await settled(deployment.store, crowd, deployment.recording, only_epoch=epoch)
            assert all(person.welcomes[0]["epoch"] != epoch for person in crowd.all)
            _no_two_tallies_at_one_position(deployment.recording)

    asyncio.run(meeting())


@pytest.mark.needs("redis-server")
def test_a_store_that_becomes_an_older_version_acknowledges_nothing_that_it_cannot_promise(
    deploy_on, tmp_path
):
    """Redis 7.0 reads what Valkey wrote, but has no command that waits for its disk."""
    options = {"program": VALKEY, "appendfsync": "everysec", "aof_use_rdb_preamble": "no"}
    store = External(tmp_path / "store", **options)
    store.arguments += ("--durability", "local")
    deployment = deploy_on(store)
    server = deployment.serve()
    newer, older = store.command[0], path_of(REDIS)

    def written():
        return store.run("XLEN", keys.log("FRAMEWORKS"))

    async def become(program):
        await asyncio.to_thread(store.stop)
        store.command[0] = program
        await asyncio.to_thread(store.start)

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 15)
            await spread(crowd, server)

            async def changes():
                await deployment.answered(50)
                await become(older)
                await eventually(lambda: all(p.stores[-1:] == ["away"] for p in crowd.all))
                await eventually(lambda: "durability local needs WAITAOF" in server.log)
                acks, entries = len(deployment.recording.acks), written()
                # They are in its log, and no one is told so.
                await eventually(lambda: written() > entries)
                assert len(deployment.recording.acks) == acks
                await become(newer)
                await deployment.answered(50)

            await crowd.busy(changes())
            await settled(store, crowd, deployment.recording)
            assert not deployment.recording.refused
            assert server.log.count("durability local needs WAITAOF") <= 3
            assert "Traceback" not in server.log

    asyncio.run(meeting())


@pytest.fixture
def faketime():
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        pytest.skip("faketime is not installed")
    return found[0]


def test_a_store_whose_clock_jumps_by_months_and_back_deletes_no_board(
    deploy_on, tmp_path, faketime
):
    """An earlier version had the store drop each board 90 days after it was last written to."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    by_another_clock = {
        "LD_PRELOAD": faketime,
        "FAKETIME_TIMESTAMP_FILE": clock,
        "FAKETIME_NO_CACHE": 1,
        "FAKETIME_DONT_FAKE_MONOTONIC": 1,
        "DONT_FAKE_MONOTONIC": 1,
    }
    inside = ["env", *(f"{name}={value}" for name, value in by_another_clock.items())]
    deployment = deploy_on(
        External(tmp_path / "store", machine=Host(inside=inside), program=VALKEY)
    )
    idle = [(f"IDLE{n}", keys.log(f"IDLE{n}"), keys.meta(f"IDLE{n}")) for n in range(3)]
    with deployment.store.client() as client:
        for code, log, meta in idle:
            entry = act.Entry(action=act.Create(code=code, title="?", options=(), host="x"))
            client.hset(meta, "epoch", "abc")
            client.xadd(log, {"t": int(1000 * time.time()), "e": act.encode(entry)}, id="0-*")
            client.expire(log, 90 * DAY)
            client.expire(meta, 90 * DAY)
    server = deployment.serve()

    async def jump(to):
        with deployment.store.client() as client:
            before = client.time()[0]
            clock.write_text(f"{to:+d}")
            await eventually(lambda: abs(client.time()[0] - before) > 90 * DAY)

    async def meeting():
        with deployment.store.client() as client:
            await eventually(lambda: all(client.ttl(key) == -1 for _, *two in idle for key in two))
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def jumps():
                for to in (91 * DAY, 0, -91 * DAY, 0):
                    await deployment.answered(50)
                    await jump(to)
                    # The clocks are compared with each heartbeat.
                    await eventually(lambda: "The store's clock jumped" in server.log)
                    await eventually(server.is_ready)
                    await deployment.answered(50)

            await crowd.busy(jumps())
            assert not any(person.closes for person in crowd.all)
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused
            assert "Traceback" not in server.log
        with deployment.store.client() as client:
            assert client.exists(*(key for _, *two in idle for key in two)) == 6

    asyncio.run(meeting())


def _no_two_tallies_at_one_position(recording):
    shown = {}
    for seen in recording.tallies:
        before = shown.setdefault((seen.epoch, seen.seq), seen)
        assert before.what == seen.what, f"two tallies at one position:\n{before}\n{seen}"
