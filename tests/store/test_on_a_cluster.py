"""Boards on a real cluster, as several processes hold them."""

import asyncio
import contextlib
import logging
import signal
from contextlib import asynccontextmanager

import pytest

from server.domain import actions as act
from server.domain.options import Option
from server.live.replica import Replica
from server.store import subscription
from server.store.announcements import Counts
from server.store.client import Store
from server.store.event_log import EventLog
from server.store.node import StoreAwayError
from server.store.presence import Presence
from server.store.subscriber import Subscriber
from store.event_logs import RecordedAppends, read_all
from support.clusters import Cluster
from support.wait import eventually
from support.watcher import RecordingWatcher

OPTIONS = tuple(Option(id=name, name=name) for name in ("flask", "django"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def first(code):
    create = act.Create(code=code, title="?", options=OPTIONS, host="0")
    return act.encode(act.Entry(action=create))


def named(n):
    return act.encode(act.Entry(by=f"seat {n}", action=act.Rename(name=f"Name {n}")))


@pytest.fixture
def cluster(tmp_path):
    """Three primaries with a replica each; a dead shard does not stop the others."""
    made = Cluster(tmp_path / "cluster", cluster_require_full_coverage="no")
    yield made
    made.close()


@pytest.fixture(scope="module")
def one_shard(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("one") / "cluster", shards=1, replicas=0)
    yield made
    made.close()


class Reader:
    """A follower that keeps a replica, as a room does."""

    def __init__(self, process, code):
        self.code = code
        self.watching = RecordingWatcher()
        self.replica = Replica(process.log, code, self.watching)
        self.presence = Presence(
            process.store,
            process.name,
            code,
            changed=lambda: None,
            round_open=lambda: 0,
            count=lambda seats: (Counts(len(seats), 0, 0, 0), seats),
        )
        self.caught_up = 0

    @property
    def board(self):
        return self.replica.board

    def receive(self, batch):
        self.replica.receive(batch)

    def on_presence(self, message):
        self.presence.receive(message)

    def catch_up(self):
        self.caught_up += 1
        self.replica.catch_up()
        self.presence.ask()

    async def close(self):
        await self.presence.close()
        await self.replica.close()


class Process:
    """What one process has of the store."""

    def __init__(self, url, name, durability="none", replicas=1):
        self.name = name
        self.store = Store(url, durability, replicas)
        self.subscriber = Subscriber(self.store, name, self._prepare)
        self.log = EventLog(self.store, self.subscriber, 90)
        self.readers = {}
        self.prepared = []

    async def _prepare(self, node):
        self.prepared.append(node.name)

    async def read(self, *codes):
        for code in codes:
            reader = self.readers[code] = Reader(self, code)
            await reader.replica.load()
            await self.subscriber.follow(code, reader)
            await eventually(lambda reader=reader: reader.caught_up)

    async def close(self):
        for reader in self.readers.values():
            await reader.close()
        await self.log.close()
        await self.subscriber.close()
        await self.store.close()


@asynccontextmanager
async def processes(url, *names, **more):
    made = [Process(url, name, **more) for name in names]
    try:
        for each in made:
            each.subscriber.start()
        for each in made:
            await eventually(lambda each=each: each.store.is_whole)
        yield made
    finally:
        for each in made:
            await each.close()


async def write(process, code, *numbers):
    """Append entries on a board, and wait for their positions."""
    appends = RecordedAppends(process.log, code)
    appends.append(*map(named, numbers))
    return await appends.done()


async def all_hold(processes, code, top):
    for each in processes:
        await eventually(lambda each=each: each.readers[code].board.seq == top)


async def test_boards_on_all_shards_are_the_same_in_each_process(cluster):
    codes = cluster.codes()
    async with processes(cluster.url, "one", "two") as both:
        one, two = both
        assert {node.name for node in one.store.nodes} == {each.name for each in cluster.first}
        for code in codes:
            assert await one.log.create(code, [first(code)])
            assert not await two.log.create(code, [first(code)])
        assert {one.store.of(code).node.name for code in codes} == {
            each.name for each in cluster.first
        }
        await one.read(*codes)
        await two.read(*codes)
        for code in codes:
            assert await write(one, code, *range(50)) == list(range(2, 52))
        for code in codes:
            await all_hold(both, code, 51)
            assert two.readers[code].watching.seqs == list(range(1, 52))
            two.readers[code].presence.enter(f"ann on {code}".replace(" ", "_"))
            await eventually(lambda code=code: one.readers[code].presence.seats())
        assert sorted(await two.log.codes()) == sorted(codes)
        assert await two.log.kept(codes) == [0, 0, 0]
        await two.log.delete(codes[0])
        await eventually(lambda: one.readers[codes[0]].watching.ends == ["gone"])
        assert one.readers[codes[1]].watching.ends == []


async def test_a_cluster_of_one_shard_is_a_cluster(one_shard):
    async with processes(one_shard.url, "one", "two") as both:
        await both[0].log.create("BOARD", [first("BOARD")])
        for each in both:
            await each.read("BOARD")
        assert await write(both[0], "BOARD", 1) == [2]
        await all_hold(both, "BOARD", 2)


async def test_a_board_moves_while_people_write(cluster, caplog):
    code, *others = cluster.codes()
    source, target = cluster.primary_of(code), cluster.first[1]
    async with processes(cluster.url, "one", "two") as both:
        for each in (code, *others):
            await both[0].log.create(each, [first(each)])
        for each in both:
            await each.read(code, *others)
        writing, stop = RecordedAppends(both[0].log, code), asyncio.Event()

        async def write_on():
            n = 0
            while not stop.is_set():
                writing.append(named(n))
                n += 1
                await asyncio.sleep(0.001)

        task = asyncio.create_task(write_on())
        for to in (target, source, target):
            before = len(writing.answers)
            await eventually(lambda before=before: len(writing.answers) > before + 20)
            await asyncio.to_thread(cluster.move, code, to)
            for each in both:
                store = each.store
                await eventually(lambda s=store, to=to: s.of(code).node.name == to.name)
        stop.set()
        await task
        positions = await writing.done()
        assert positions == sorted(set(positions))
        await all_hold(both, code, await top_of(both[0], code))
        names = {f"seat {n}": f"Name {n}" for n in range(writing.asked)}
        for each in both:
            assert each.readers[code].board.names == names
            assert each.store.is_whole
        # The others were left alone.
        for other in others:
            assert both[1].readers[other].watching.renewals == 0
    assert f"were on {source.name} and are now on {target.name}" in caplog.text


async def test_a_board_that_is_on_its_way_is_written_where_it_goes(cluster):
    """Its node answers ASK, and does not give the slot away yet."""
    code = cluster.codes()[0]
    source, target = cluster.primary_of(code), cluster.first[1]
    async with processes(cluster.url, "one", "two") as both:
        await both[0].log.create(code, [first(code)])
        for each in both:
            await each.read(code)
        cluster.move_keys(code, target)
        assert await write(both[0], code, 1, 2) == [2, 3]
        assert await top_of(both[1], code) == 3
        for each in both:
            assert each.store.of(code).node.name == source.name
            assert each.store.is_whole
        with pytest.raises(StoreAwayError):
            await both[0].log.kept([code])
        cluster.move_slot(code, target)
        # No one writes: the server ends the subscriptions, and that is how it is noticed.
        for each in both:
            await eventually(lambda each=each: each.store.of(code).node.name == target.name)
        await all_hold(both, code, 3)
        assert await write(both[1], code, 3) == [4]
        await all_hold(both, code, 4)


async def top_of(process, code):
    return (await read_all(process.log, code))[-1][0]


@pytest.fixture
def quick(monkeypatch):
    """A node that hangs is noticed soon."""
    monkeypatch.setattr(subscription, "HEARTBEAT", 0.1)
    monkeypatch.setattr(subscription, "SILENCE", 1.0)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_primary_that_is_gone_is_replaced_by_its_replica(cluster, quick, caplog, number):
    caplog.set_level(logging.INFO)
    code, other, _ = cluster.codes()
    was = cluster.primary_of(code)
    replica = cluster.replica_of(was)
    async with processes(cluster.url, "one", "two", durability="replica") as both:
        for each in (code, other):
            await both[0].log.create(each, [first(each)])
        for each in both:
            await each.read(code, other)
        assert await write(both[0], code, 1, 2, 3) == [2, 3, 4]
        epoch = both[1].readers[code].replica.epoch
        was.signal(number)
        for each in both:
            await eventually(lambda each=each: not each.store.of(code).present)
            assert each.store.present
            # The other shard goes on meanwhile.
        assert await write(both[0], other, 1) == [2]
        # With its only replica promoted there is none to confirm.
        for each in both:
            await eventually(lambda each=each: each.store.of(code).node.name == replica.name)
        writing = RecordedAppends(both[0].log, code)
        writing.append(named(4))
        await eventually(lambda: both[1].readers[code].board.seq >= 5)
        assert not writing.answers
        if number == signal.SIGSTOP:
            was.signal(signal.SIGCONT)
        else:
            was.process.wait()
            was.start()
        await writing.done()
        for each in both:
            await eventually(lambda each=each: each.store.is_whole)
            reader = each.readers[code]
            assert reader.board.names == {f"seat {n}": f"Name {n}" for n in (1, 2, 3, 4)}
            assert reader.replica.epoch != epoch
            assert each.readers[other].watching.renewals == 0
    assert f"Slots of the store were on {was.name} and are now on {replica.name}" in caplog.text


async def test_a_planned_failover_loses_nothing(cluster, caplog):
    code = cluster.codes()[0]
    was = cluster.primary_of(code)
    replica = cluster.replica_of(was)
    async with processes(cluster.url, "one", "two") as both:
        await both[0].log.create(code, [first(code)])
        for each in both:
            await each.read(code)
        writing = RecordedAppends(both[0].log, code)
        for n in range(100):
            writing.append(named(n))
            if n == 50:
                await eventually(lambda: writing.answers)
                replica.run("CLUSTER", "FAILOVER")
        await writing.done()
        for each in both:
            await eventually(lambda each=each: each.store.of(code).node.name == replica.name)
            await eventually(lambda each=each: each.store.is_whole)
        writing.append(named(100))
        await writing.done()
        for each in both:
            await eventually(lambda each=each: len(each.readers[code].board.names) == 101)


async def test_a_shard_that_is_away_makes_its_boards_wait_and_no_others(cluster, quick, caplog):
    caplog.set_level(logging.INFO)
    code, other, _ = cluster.codes()
    dead = cluster.primary_of(code)
    for member in (cluster.replica_of(dead), dead):
        member.kill()
    # The process starts while a shard is away.
    process = Process(cluster.url, "one")
    process.subscriber.start()
    try:
        await eventually(lambda: process.store.of(other).present)
        assert await process.log.create(other, [first(other)])
        await process.read(other)
        assert await write(process, other, 1) == [2]
        assert not process.store.of(code).present
        assert process.store.present
        assert not process.store.is_whole
        await eventually(lambda: f"The store's node {dead.name} is away" in caplog.text)
        creating = asyncio.create_task(created(process, code))
        dead.start()
        await creating
        await eventually(lambda: process.store.is_whole)
        assert f"The store's node {dead.name} can be reached again" in caplog.text
        assert process.readers[other].watching.renewals == 0
    finally:
        await process.close()


async def created(process, code):
    """Create a board as soon as its node takes one."""

    async def is_made():
        with contextlib.suppress(StoreAwayError):
            return await process.log.create(code, [first(code)])

    await eventually(is_made)
