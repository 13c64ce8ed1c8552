import asyncio
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ResponseError

from server.concurrency import tasks
from server.store import sentinel as sentinel_module
from server.store.node import Node, StoreAwayError
from support.sentinels import NAME, Member, Sentinel
from support.wait import eventually


@pytest.fixture
def pair(tmp_path):
    """Two primaries, and a sentinel that watches the first of them."""
    members = [Member(tmp_path / name) for name in ("old", "new")]
    sentinel = Sentinel(tmp_path / "sentinel", members[0].place, quorum=1)
    yield *members, sentinel
    sentinel.stop()
    for each in members:
        each.close()


@asynccontextmanager
async def met(sentinel):
    """A store at the primary that the sentinel names, with a watch on that."""
    store = Node(sentinel.url)
    watch = tasks.supervise("sentinels", store.connections.watch)
    try:
        await store.meet()
        yield store
    finally:
        await tasks.end([watch])
        await store.close()


async def is_blocked(store, member):
    """Begin a request that waits until it is given up."""
    asking = asyncio.create_task(store.ask_each(("BLPOP", "list", 0)))
    with member.client() as client:
        await eventually(lambda: client.info("clients")["blocked_clients"])
    return asking


def test_a_fixed_address_has_no_sentinels(tmp_path):
    assert Node(f"unix://{tmp_path}/sock").connections.watch is None


async def test_when_another_primary_is_named_requests_under_way_end(pair, monkeypatch, caplog):
    """Nothing announces it, and the old one still answers."""
    monkeypatch.setattr(sentinel_module, "LOOK", 0.1)
    old, new, sentinel = pair
    async with met(sentinel) as store:
        assert store.connections.place == old.place
        store.set_present(value=True)
        moved = []
        store.on_moved.append(lambda: moved.append(True))
        asking = await is_blocked(store, old)
        sentinel.run("SENTINEL", "REMOVE", NAME)
        # While no one knows a primary, the one in use is kept.
        await eventually(lambda: "knows no primary named" in caplog.text)
        assert not moved
        sentinel.run("SENTINEL", "MONITOR", NAME, "127.0.0.1", new.relay.port, 1)
        with pytest.raises(StoreAwayError, match=f"name another primary, {new.place}"):
            await asking
        assert moved
        assert not store.present
        await store.meet()
        assert store.connections.place == new.place
        with old.client() as client:
            await eventually(lambda: not client.info("clients")["blocked_clients"])


def fails_over(sentinel):
    """Ask for a failover. A sentinel that has only just heard of the replica takes none yet."""
    try:
        return sentinel.run("SENTINEL", "FAILOVER", NAME)
    except ResponseError as error:
        if "NOGOODSLAVE" not in str(error):
            raise
        return False


@pytest.mark.slow
async def test_what_a_sentinel_announces_is_noticed_at_once(pair, monkeypatch):
    monkeypatch.setattr(sentinel_module, "LOOK", 3600.0)
    old, new, sentinel = pair
    new.follow(old)
    await eventually(lambda: sentinel.state()["num-slaves"] == 1)
    async with met(sentinel) as store:
        with sentinel.client() as client:
            await eventually(lambda: client.client_list(_type="pubsub"))
        asking = await is_blocked(store, old)
        await eventually(lambda: fails_over(sentinel))
        with pytest.raises(StoreAwayError):
            await asking
        await eventually(lambda: sentinel.state()["port"] == new.relay.port)
        await store.meet()
        assert store.connections.place == new.place


async def test_a_new_connection_that_leads_to_another_run_is_not_used(pair):
    old, _, sentinel = pair
    async with met(sentinel) as store:
        run = store.run
        moved = []
        store.on_moved.append(lambda: moved.append(True))
        old.run("SET", "key", "before")
        old.kill()
        old.start()

        async def is_refused():
            try:
                await store.read_at_once(("SET", "key", "after"))
            except StoreAwayError as error:
                return "another run" in str(error)

        await eventually(is_refused)
        assert moved
        assert old.run("GET", "key") == b"before"
        assert await store.meet() != run


async def test_no_sentinel_can_be_asked_and_that_is_said_once(pair, caplog, monkeypatch):
    monkeypatch.setattr(sentinel_module, "LOOK", 0.05)
    old, _, sentinel = pair
    async with met(sentinel) as store:
        sentinel.kill()
        await eventually(lambda: "No sentinel says where the primary is." in caplog.text)
        assert await store.ask_each(("GET", "key")) == [None]
        assert store.connections.place == old.place
    assert caplog.text.count("No sentinel says where the primary is.") == 1
