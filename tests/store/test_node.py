import asyncio
import logging
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ResponseError

from server.store import node as server_store
from server.store.node import Node, Script, StoreAwayError
from support.wait import eventually

APPEND = Script("append")


@asynccontextmanager
async def opened(server, **more):
    store = Node(server.url, **more)
    store.told = []
    store.on_presence.append(lambda node: store.told.append(node.present))
    try:
        yield store
    finally:
        await store.close()


async def test_the_clock_is_that_of_the_store(server):
    async with opened(server) as store:
        await store.heartbeat("PUBLISH", "channel")
        with server.client() as client:
            seconds, micros = client.time()
        assert abs(store.now() - (seconds * 1000 + micros / 1000)) < 500


async def test_a_sign_of_life_is_published(server):
    async with opened(server) as store:
        with server.client() as client, client.pubsub() as pubsub:
            pubsub.subscribe("channel")
            assert pubsub.get_message(timeout=5)["type"] == "subscribe"
            await store.heartbeat("PUBLISH", "channel")
            assert pubsub.get_message(timeout=5)["data"] == b""


async def test_what_a_script_says_is_told_from_a_store_that_is_away(fragile):
    async with opened(fragile) as store:
        store.set_present(value=True)
        with pytest.raises(ResponseError, match="NOBOARD"):
            await store.run_script(APPEND, ("log", "meta"), ("live", "PUBLISH", "entry"))
        assert store.present
        fragile.kill()
        with pytest.raises(StoreAwayError):
            await store.run_script(APPEND, ("log", "meta"), ("live", "PUBLISH", "entry"))
        with pytest.raises(StoreAwayError):
            await store.call(store.client.ping())
        with pytest.raises(StoreAwayError):
            await store.heartbeat("PUBLISH", "channel")
        assert not store.present
        assert store.told == [True, False]
        fragile.start()
        assert await store.call(store.client.ping())


async def test_what_was_tried_before_the_last_sign_of_life_takes_no_one_for_away(fragile):
    async with opened(fragile) as store:
        store.set_present(value=True)
        fragile.kill()

        async def hears_of_it_and_fails():
            store.set_present(value=True)
            await store.client.ping()

        with pytest.raises(StoreAwayError):
            await store.call(hears_of_it_and_fails())
        assert store.present
        with pytest.raises(StoreAwayError):
            await store.call(store.client.ping())
        assert not store.present


async def test_each_run_of_a_store_as_a_primary_has_a_name_of_its_own(fragile):
    async with opened(fragile) as store:
        before = await store.read_run()
        assert await store.read_run() == before
        with fragile.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            with pytest.raises(StoreAwayError, match="it is a replica"):
                await store.read_run()
            client.execute_command("REPLICAOF", "NO", "ONE")
            promoted = await store.read_run()
        fragile.kill()
        fragile.start()
        with pytest.raises(StoreAwayError):
            await store.read_run()  # The line that was there before.
        assert len({before, promoted, await store.read_run()}) == 3


async def test_going_and_coming_back_are_each_said_once(server, caplog):
    caplog.set_level(logging.INFO)
    async with opened(server) as store:
        for value in (True, True, False, False, True):
            store.set_present(value=value, why="no answer")
    assert store.told == [True, False, True]
    assert len(caplog.records) == 3
    assert "The store is away (no answer). Votes wait until it is back." in caplog.text


async def test_a_store_that_has_never_answered_is_away_and_that_is_said_once(tmp_path, caplog):
    store = Node(f"unix://{tmp_path}/nothing")
    for _ in range(3):
        with pytest.raises(StoreAwayError):
            await store.read_run()
    assert not store.present
    assert len(caplog.records) == 1
    assert "Nothing listens there: is the store running, and is its address right?" in caplog.text
    await store.close()


async def test_a_store_that_dies_is_not_told_to_want_tls(server, caplog):
    async with opened(server) as store:
        store.set_present(value=True)
        store.set_present(value=False, why="Connection closed by server.")
        for gone in ("Connection refused", "connecting to unix:/a. No such file"):
            store.set_present(value=False, why=gone)
    assert "TLS" not in caplog.text
    assert caplog.text.count("The store is away") == 2


async def test_another_reason_is_said_while_it_stays_away(server, caplog):
    async with opened(server) as store:
        for why in ("no answer", "NOAUTH", "no answer", "No permissions to access a channel"):
            store.set_present(value=False, why=why)
    assert [record.args[1] for record in caplog.records] == [
        *("no answer", "NOAUTH", "No permissions to access a channel"),
    ]
    assert "ACL SETUSER default &sv:*" in caplog.text


async def test_whatever_a_store_refuses_is_no_answer_of_ours(server):
    """A script that cannot be loaded must not read as a board that does not exist."""
    with server.client() as client:
        client.script_flush()
        client.acl_setuser("app", enabled=True, passwords=["+pw"], keys=["*"], channels=["*"],
                           commands=["+@all", "-script|load"])  # fmt: skip
        url = server.url.replace("unix://", "unix://app:pw@")
        store = Node(url)
        with pytest.raises(StoreAwayError, match="script"):
            await store.run_script(APPEND, ("log", "meta"), ("live", "PUBLISH", "entry"))
        await store.close()
        client.acl_deluser("app")


async def test_more_callers_than_connections_take_turns(server, monkeypatch):
    monkeypatch.setattr("server.store.node.CONNECTIONS", 3)
    async with opened(server) as store:
        answers = await asyncio.gather(*(store.call(store.client.incr("n")) for _ in range(50)))
        assert sorted(answers) == list(range(1, 51))
        with server.client() as client:
            assert client.info("clients")["connected_clients"] <= 4


async def test_what_is_wrong_with_one_thing_that_is_read_is_told_with_the_others(server):
    async with opened(server) as store:
        store.set_present(value=True)
        with server.client() as client:
            client.set("text", "here")
        _, (found, wrong) = await store.read_at_once(
            ("GET", "text"), ("XINFO", "STREAM", "nothing")
        )
        assert found == b"here"
        assert isinstance(wrong, ResponseError)
        assert store.present


async def test_a_store_that_does_not_read_is_away(server):
    async with opened(server) as store:
        store.set_present(value=True)
        with pytest.raises(StoreAwayError, match="unknown command"):
            await store.read_at_once(("GET", "text"), ("UNHEARD-OF",))
        assert not store.present
        assert (await store.read_at_once(("GET", "text")))[1] == [None]


DEMOTED = ["READONLY", "MASTERDOWN", "UNBLOCKED"]
NOT_HERE = ["NOREPLICAS", "CLUSTERDOWN"]
ENDED = ["LOADING", "NOAUTH"]
NOT_NOW = ["MISCONF", "OOM", "BUSY", "NOPERM"]


@pytest.mark.parametrize("code", DEMOTED + NOT_HERE + ENDED + NOT_NOW)
async def test_some_answers_mean_not_now_or_not_here(server, code):
    """What takes no votes any more is left: the address may lead elsewhere by now."""
    script = Script("append")
    script.source = f"return redis.error_reply('{code} 1 127.0.0.1:1')"
    async with opened(server) as store:
        moved = []
        store.on_moved.append(lambda: moved.append(True))
        _, (before,) = await store.read_at_once(("CLIENT", "ID"))
        with server.client() as client:
            script.sha = client.script_load(script.source)
        store.set_present(value=True)
        with pytest.raises(StoreAwayError):
            await store.run_script(script, (), ())
        assert not store.present
        await eventually(lambda: store.told == [True, False])
        _, (after,) = await store.read_at_once(("CLIENT", "ID"))
        assert (after == before) is (code in NOT_NOW)
        assert bool(moved) is (code in DEMOTED)
        # Whether it is a primary is seen at once; whether it saves, only when it has.
        store.set_present(value=True)
        assert store.present is (code in DEMOTED + ENDED)


async def test_who_waits_for_a_copy_when_a_store_is_demoted_asks_elsewhere(fragile):
    """It says UNBLOCKED, as an answer like any other."""
    async with opened(fragile, durability="replica") as store:
        _, (before,) = await store.read_at_once(("CLIENT", "ID"))
        store.set_present(value=True)
        script = Script("append")
        with fragile.client() as client:
            script.sha = client.script_load("return 1")
            waiting = asyncio.create_task(store.run_durably(script, (), ()))
            await eventually(lambda: client.info("clients")["blocked_clients"])
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            with pytest.raises(StoreAwayError, match="instance state changed"):
                await waiting
        assert not store.present
        (after,) = await store.ask_each(("CLIENT", "ID"))
        assert after != before


async def test_what_a_store_uses_is_known(server):
    async with opened(server) as store:
        memory = await store.memory()
        assert memory.used > 100_000
        assert memory.limit == 0


async def test_a_replica_gives_no_sign_of_life(fragile):
    async with opened(fragile) as store:
        store.set_present(value=True)
        await store.heartbeat("PUBLISH", "channel")
        with fragile.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            with pytest.raises(StoreAwayError, match="it is a replica"):
                await store.heartbeat("PUBLISH", "channel")
            assert not store.present
            client.execute_command("REPLICAOF", "NO", "ONE")
            await store.heartbeat("PUBLISH", "channel")


async def test_another_run_is_left_until_the_connection_is_made_again(fragile):
    async with opened(fragile) as store:
        moved = []
        store.on_moved.append(lambda: moved.append(True))
        store.run = await store.read_run()
        store.set_present(value=True)
        await store.heartbeat("PUBLISH", "channel")
        assert not moved
        with fragile.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            client.execute_command("REPLICAOF", "NO", "ONE")
        for _ in range(3):
            await store.heartbeat("PUBLISH", "channel")
        assert moved == [True]
        assert not store.present


async def test_a_store_that_cannot_save_does_not_come_and_go(server, monkeypatch):
    monkeypatch.setattr(server_store, "DISTRUST", 0.3)
    script = Script("append")
    script.source = "return redis.error_reply('OOM not now')"
    async with opened(server) as store:
        with server.client() as client:
            script.sha = client.script_load(script.source)
        store.set_present(value=True)
        with pytest.raises(StoreAwayError):
            await store.run_script(script, (), ())
        store.set_present(value=True)
        assert store.told == [True, False]
        await eventually(lambda: store.set_present(value=True) or store.present)
        assert store.told == [True, False, True]


async def test_a_store_that_saves_again_is_believed_at_once(server):
    fails, saves = Script("append"), Script("append")
    fails.source, saves.source = "return redis.error_reply('OOM not now')", "return 1"
    async with opened(server) as store:
        with server.client() as client:
            for script in (fails, saves):
                script.sha = client.script_load(script.source)
        store.set_present(value=True)
        with pytest.raises(StoreAwayError):
            await store.run_durably(fails, (), ())
        store.set_present(value=True)
        assert not store.present
        assert await store.run_durably(saves, (), ()) == 1
        store.set_present(value=True)
        assert store.present
