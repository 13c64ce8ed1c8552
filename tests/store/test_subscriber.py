import asyncio
import signal
from contextlib import asynccontextmanager

import pytest

from server.domain import actions as act
from server.domain.options import Option
from server.live.replica import Replica
from server.store import connections, keys, subscription
from server.store import node as store_module
from server.store.client import Store
from server.store.event_log import EventLog
from server.store.subscriber import Subscriber
from store.event_logs import RecordedAppends, logged
from support.wait import eventually
from support.watcher import RecordingWatcher

OPTIONS = tuple(Option(id=name, name=name) for name in ("flask", "django"))
FIRST = act.encode(act.Entry(action=act.Create(code="BOARD", title="?", options=OPTIONS, host="0")))


def named(n):
    return act.encode(act.Entry(by=f"seat {n}", action=act.Rename(name=f"Name {n}")))


class Reader:
    """A follower that keeps a replica, as a room does."""

    def __init__(self, log):
        self.watching = RecordingWatcher()
        self.replica = Replica(log, "BOARD", self.watching)
        self.caught_up = 0
        self.heard = []

    def receive(self, batch):
        self.replica.receive(batch)

    def on_presence(self, message):
        self.heard.append(message)

    def catch_up(self):
        self.caught_up += 1
        self.replica.catch_up()


@asynccontextmanager
async def listening(server):
    """Give a process that only reads: whatever it knows it has from its line."""
    store = Store(server.url)
    runs = []

    async def prepare(node):
        runs.append(node.run)

    subscriber = Subscriber(store, "reader", prepare)
    log = EventLog(store, subscriber, 90)
    reader = Reader(log)
    subscriber.start()
    try:
        await eventually(lambda: store.present)
        await reader.replica.load()
        await subscriber.follow("BOARD", reader)
        await eventually(lambda: reader.caught_up)
        reader.subscriber, reader.store, reader.runs = subscriber, store, runs
        yield reader
    finally:
        await subscriber.close()
        await reader.replica.close()
        await log.close()
        await store.close()


async def test_what_is_appended_elsewhere_arrives(server):
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            written = RecordedAppends(log)
            written.append(*map(named, range(300)))
            await eventually(lambda: reader.replica.board.seq == 301)
            assert reader.watching.seqs[-300:] == list(range(2, 302))
            assert reader.replica.board.names["seat 299"] == "Name 299"


async def test_each_confirmed_subscription_means_catch_up(server):
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            before = reader.caught_up
            with server.client() as client:
                client.client_kill_filter(_type="pubsub")
            await eventually(lambda: reader.caught_up > before)


@pytest.mark.slow
async def test_a_subscription_that_is_cut_is_made_again_and_the_store_was_never_away(
    server, caplog, monkeypatch
):
    monkeypatch.setattr(subscription, "SAY_AGAIN", 1.0)
    clock = asyncio.get_running_loop().time
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            told, began = [], clock()
            reader.store.on_presence.append(told.append)
            with server.client() as client:
                for _ in range(5):
                    before = reader.caught_up
                    await eventually(lambda: client.client_kill_filter(_type="pubsub"))
                    await eventually(lambda before=before: reader.caught_up > before)
            # The first is said at once, the others together, a while later.
            await eventually(lambda: sum(record.args[0] for record in caplog.records) == 5)
            assert len(caplog.records) <= 2 + (clock() - began)
            assert "The connection to the store was cut and has been reopened." in caplog.text
            assert not told


async def test_nothing_is_lost_while_the_subscription_is_cut_again_and_again(server, monkeypatch):
    monkeypatch.setattr("server.store.event_log.BATCH", 10)
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            written = RecordedAppends(log)
            with server.client() as client:
                for n in range(3000):
                    written.append(named(n))
                    if n % 60 == 0:
                        await eventually(lambda n=n: len(written.answers) > n - 200)
                    if n in {500, 1500, 2500}:
                        await eventually(lambda: client.client_kill_filter(_type="pubsub"))
            await written.done()
            await eventually(lambda: reader.replica.board.seq == 3001)
            assert reader.watching.seqs == sorted(set(reader.watching.seqs))
            assert len(reader.watching.seqs) == 3001
            assert len(reader.replica.board.names) == 3000


async def test_a_follower_that_comes_while_the_subscription_is_made_is_not_forgotten(server):
    async with logged(server) as log:
        store = Store(server.url)
        subscriber = Subscriber(store, "reader", lambda _node: asyncio.sleep(0))
        readers = {f"B{n}": Reader(log) for n in range(200)}
        for reader in readers.values():
            reader.replica.catch_up = lambda: None
        subscriber.start()
        for code, reader in readers.items():
            await asyncio.gather(subscriber.follow(code, reader), asyncio.sleep(0))
        await eventually(lambda: all(reader.caught_up for reader in readers.values()))
        with server.client() as client:
            channels = client.pubsub_channels("sv:{*")
        assert len(channels) == 200
        await subscriber.close()
        await store.close()


async def test_one_that_has_left_hears_no_more(server):
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            await reader.subscriber.leave("BOARD")
            with server.client() as client:
                await asyncio.gather(asyncio.sleep(0))
                await eventually(lambda: not client.pubsub_channels(keys.live("BOARD")))
            written = RecordedAppends(log)
            written.append(named(1))
            await written.done()
            assert reader.replica.board.seq == 1


async def test_a_store_that_hangs_is_noticed_and_nothing_is_lost(fragile, monkeypatch):
    monkeypatch.setattr(subscription, "HEARTBEAT", 0.05)
    monkeypatch.setattr(subscription, "SILENCE", 0.3)
    monkeypatch.setattr(connections, "TIMEOUT", 0.4)
    async with logged(fragile) as log:
        await log.create("BOARD", [FIRST])
        async with listening(fragile) as reader:
            fragile.signal(signal.SIGSTOP)
            await eventually(lambda: not reader.store.present)
            written = RecordedAppends(log)
            written.append(named(1))
            fragile.signal(signal.SIGCONT)
            await written.done()
            await eventually(lambda: reader.store.present)
            await eventually(lambda: reader.replica.board.names == {"seat 1": "Name 1"})
            assert len(set(reader.runs)) == 1


async def another_history(log, reader, epoch):
    """See that a reader is in the store's second run, and takes in what is written there."""
    await eventually(lambda: reader.store.present and reader.watching.renewals)
    written = RecordedAppends(log)
    written.append(named(1))
    await written.done()
    await eventually(lambda: reader.replica.board.names)
    assert reader.replica.epoch != epoch
    assert len(set(reader.runs)) == 2


async def test_a_store_that_runs_again_is_noticed_and_the_board_read_whole(fragile):
    async with logged(fragile) as log:
        await log.create("BOARD", [FIRST])
        async with listening(fragile) as reader:
            epoch = reader.replica.epoch
            fragile.kill()
            await eventually(lambda: not reader.store.present)
            fragile.start()
            await another_history(log, reader, epoch)


async def test_a_store_that_was_a_replica_in_between_is_noticed_though_nothing_was_cut(fragile):
    async with logged(fragile) as log:
        await log.create("BOARD", [FIRST])
        async with listening(fragile) as reader:
            epoch = reader.replica.epoch
            with fragile.client() as client:
                client.execute_command("REPLICAOF", "127.0.0.1", "1")
                await eventually(lambda: not reader.store.present)
                client.execute_command("REPLICAOF", "NO", "ONE")
            await another_history(log, reader, epoch)


async def test_a_subscription_that_leads_elsewhere_is_given_up_when_it_is_told(server):
    """It may be in the middle of waiting for a message that never comes."""
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            before = reader.caught_up
            reader.store.nodes[0].note_run(b"of another")
            assert not reader.store.present
            await eventually(lambda: reader.store.present and reader.caught_up > before)
            assert reader.watching.renewals == 0


async def test_a_board_that_is_gone_with_its_store_is_told(fragile):
    async with logged(fragile) as log:
        await log.create("BOARD", [FIRST])
        async with listening(fragile) as reader:
            with fragile.client() as client:
                client.flushall()
            reader.catch_up()
            await eventually(lambda: reader.watching.ends == ["gone"])


async def test_one_follower_in_trouble_does_not_cut_the_subscription(server, caplog):
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            with server.client() as client:
                client.publish(keys.live("BOARD"), b"a\nnonsense")
                client.publish(keys.live("BOARD"), b"h\nsomebody")
                client.publish(keys.live("BOARD"), b"?\nwhat a later version says")
            await eventually(lambda: reader.heard == [b"somebody"])
            assert [record.levelname for record in caplog.records] == ["ERROR"]
            assert "a message on it could not be read" in caplog.text


@pytest.mark.slow
async def test_signs_of_life_that_are_denied_for_a_while_come_back_for_good(
    fragile, caplog, monkeypatch
):
    monkeypatch.setattr(subscription, "HEARTBEAT", 0.1)
    monkeypatch.setattr(subscription, "SILENCE", 0.5)
    monkeypatch.setattr(store_module, "DISTRUST", 0.2)
    async with logged(fragile) as log:
        await log.create("BOARD", [FIRST])
        async with listening(fragile) as reader:
            told = []
            reader.store.on_presence.append(told.append)
            with fragile.client() as client:
                client.execute_command("ACL", "SETUSER", "default", "resetchannels", "&sv:{*")
                await eventually(lambda: told)
                await asyncio.sleep(1.0)  # For so long it is denied.
                client.execute_command("ACL", "SETUSER", "default", "allchannels")
            await eventually(lambda: reader.store.present)
            told.clear()
            # As long as it takes to miss one that does not come.
            await asyncio.sleep(4 * subscription.SILENCE)
            assert not told
            assert "The store is away" in caplog.text


async def test_a_fault_in_the_subscription_itself_is_logged_and_it_is_made_again(
    server, caplog, monkeypatch
):
    monkeypatch.setattr("server.concurrency.backoff.LONGEST_PAUSE", 0.1)
    async with logged(server) as log:
        await log.create("BOARD", [FIRST])
        async with listening(server) as reader:
            (connection,) = reader.subscriber._subscriptions.values()
            hear, failed = connection._read, []

            async def fail(pubsub):
                if len(failed) < 3:
                    failed.append(pubsub)
                    raise AttributeError("of a library")
                await hear(pubsub)

            monkeypatch.setattr(connection, "_read", fail)
            with server.client() as client:
                client.client_kill_filter(_type="pubsub")
            await eventually(lambda: len(failed) == 3 and reader.store.present)
            assert "A fault in line: AttributeError('of a library')." in caplog.text
            assert "The store is away (of a library)." in caplog.text
            written = RecordedAppends(log)
            written.append(*map(named, range(3)))
            await eventually(lambda: reader.replica.board.seq == 4)
            caplog.clear()
