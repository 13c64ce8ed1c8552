import asyncio
import random
from itertools import count, pairwise
from pathlib import Path

import pytest
from redis import Redis

from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Code, Refused
from server.live.replica import Replica
from server.store import keys
from server.store.client import Store
from server.store.event_log import UNMARKED, Batch, EventLog
from server.store.node import Script, StoreAwayError
from support.strategies import T0, create, entry_of, first_round_of, told, visible
from support.wait import eventually
from support.watcher import RecordingWatcher

OLDER = Path(__file__).parent.with_name("store").joinpath("older_append.lua").read_text()


class WatchedReplica(Replica):
    """A replica that shows its watcher to the test."""

    def __init__(self, log, code, *clock):
        self.watcher = RecordingWatcher()
        super().__init__(log, code, self.watcher, *clock)


async def caught_up(replica):
    await eventually(lambda: replica._reading is None)


class NoReceiver:
    def receive(self, code, batch):
        pass


@pytest.fixture
def store(embedded, io_loop):
    """A store without a board."""
    with Redis.from_url(embedded.url) as client:
        client.flushall()
    store = Store(embedded.url)
    yield store
    io_loop.run_sync(store.close)


@pytest.fixture
def log(store):
    return EventLog(store, NoReceiver(), 1)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_comes_in_whatever_order_the_boards_are_the_same(log, seed):
    dice = random.Random(seed)
    happened, board = [create(), first_round_of(dice.getrandbits(60))], Board()
    board.apply(1, T0, happened[0])
    for _ in range(150):
        board.apply(len(happened), T0, happened[-1])
        happened.append(entry_of(dice.getrandbits(60), board)[1])
    await log.create("BOARD", [act.encode(happened[0])])
    early = WatchedReplica(log, "BOARD")
    await early.load()
    for each in happened[1:]:
        log.append("BOARD", act.encode(each), lambda _: None)
    await log.drained()
    page = await log.read("BOARD", 0)
    rows = {seq: (at, payload) for seq, at, payload in page.entries}
    for _ in range(60):
        first = dice.randint(1, len(rows))
        some = [rows[seq] for seq in range(first, min(first + dice.randint(1, 9), len(rows) + 1))]
        early.receive(Batch(page.epoch, first, some[0][0], [payload for _, payload in some]))
        if dice.random() < 0.3:
            await caught_up(early)
    early.catch_up()
    await caught_up(early)
    late = WatchedReplica(log, "BOARD")
    await late.load()
    assert early.board.seq == late.board.seq == len(rows)
    assert visible(early.board) == visible(late.board)
    assert told(early.board) == told(late.board)
    seqs = early.watcher.seqs
    assert seqs == list(range(1, len(rows) + 1))
    await early.close()


async def test_a_hole_is_read_from_the_log_and_what_was_erased_is_skipped(log):
    names = [act.Entry(by=f"{n}", action=act.Rename(name=f"N{n}")) for n in range(9)]
    await log.create("BOARD", [act.encode(each) for each in (create(), *names)])
    log.erase("BOARD", (4, 5, 10))
    await log.drained()
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    assert replica.board.seq == 10
    assert len(replica.board.names) == 6
    log.append("BOARD", act.encode(act.Entry(by="x", action=act.Rename(name="X"))), lambda _: None)
    log.append("BOARD", act.encode(act.Entry(by="y", action=act.Rename(name="Y"))), lambda _: None)
    await log.drained()
    log.erase("BOARD", (11,))
    await log.drained()
    replica.receive(Batch(replica.epoch, 12, 0, [b"not looked at: it comes too early"]))
    await eventually(lambda: replica.board.seq == 12)
    assert "x" not in replica.board.names
    assert replica.board.names["y"] == "Y"
    await replica.close()


async def test_another_history_is_read_from_its_beginning(log, store):
    await log.create("BOARD", [act.encode(create(title="Before")), *[act.encode(create())] * 5])
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    await store.nodes[0].client.flushall()
    await log.create("BOARD", [act.encode(create(title="After"))])
    replica.catch_up()
    await caught_up(replica)
    assert replica.watcher.renewals == 1
    assert (replica.board.title, replica.board.seq) == ("After", 1)
    await store.nodes[0].client.flushall()
    store.nodes[0].set_present(value=True)
    replica.catch_up()
    await caught_up(replica)
    assert replica.watcher.ends == ["gone"]
    with pytest.raises(Refused) as caught:
        await WatchedReplica(log, "BOARD").load()
    assert caught.value.code is Code.NO_SUCH_BOARD


async def test_two_histories_are_never_mixed_while_a_long_log_is_read(log, store, monkeypatch):
    monkeypatch.setattr("server.live.replica.PAGE", 5)
    monkeypatch.setattr("server.store.event_log.PAGE", 5)

    def history(title):
        names = [act.Entry(by=f"{n}", action=act.Rename(name=title)) for n in range(11)]
        return [act.encode(each) for each in (create(title=title), *names)]

    await log.create("BOARD", history("Before"))
    read, pages = log.read, []

    async def read_and_renew(code, after):
        page = await read(code, after)
        pages.append(page)
        if len(pages) == 1:
            await store.nodes[0].client.flushall()
            await log.create("BOARD", history("After"))
        return page

    monkeypatch.setattr(log, "read", read_and_renew)
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    assert set(replica.board.names.values()) == {"After"}
    assert replica.board.title == "After"
    assert replica.epoch == pages[-1].epoch


OF_TOMORROW = [
    b'{"action":{"type":"of tomorrow"}}',
    b'{"rules":%d,"by":"ann","action":{"type":"rename","name":"Ann"}}' % (act.RULES + 1),
    b'{"by":"ann","action":{"type":"vote","round":1,"ballot":' + b'{"x":' * 5000,
    b'{"by":"ann","action":{"type":"rename","na',
    b'{"by":"\xff","action":{"type":"rename","name":"Ann"}}',
    b"",
]


@pytest.mark.parametrize("hint", [False, True])
@pytest.mark.parametrize("entry", OF_TOMORROW)
async def test_a_board_that_this_version_cannot_read_is_given_up(log, entry, hint):
    await log.create("BOARD", [act.encode(create())])
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    log.append("BOARD", entry, lambda _: None)
    await log.drained()
    if hint:
        replica.receive(Batch(replica.epoch, 2, T0, [entry]))
    else:
        replica.catch_up()
        await caught_up(replica)
    (why,) = replica.watcher.ends
    assert why.startswith("position 2: ")
    with pytest.raises(act.UnreadableError, match="position 2: "):
        await WatchedReplica(log, "BOARD").load()


async def test_a_log_without_its_beginning_is_no_board(log):
    await log.create("BOARD", [act.encode(act.Entry(by="ann", action=act.Rename(name="Ann")))])
    with pytest.raises(act.UnreadableError, match="its beginning is missing"):
        await WatchedReplica(log, "BOARD").load()


async def test_a_rule_that_fails_gives_up_the_board_and_is_loud(log, caplog, monkeypatch):
    await log.create("BOARD", [act.encode(create())])
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    monkeypatch.setattr(Board, "apply", lambda *_: 1 // 0)
    rename = act.encode(act.Entry(by="ann", action=act.Rename(name="Ann")))
    replica.receive(Batch(replica.epoch, 2, T0, [rename]))
    assert "position 2: ZeroDivisionError" in replica.watcher.ends[0]
    assert "Position 2 of board K7QF2M could not be applied." in caplog.text


async def test_an_answer_that_newer_batches_have_overtaken_is_no_other_history(
    embedded, log, store
):
    await log.create("BOARD", [act.encode(create())])
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    rename = act.encode(act.Entry(by="ann", action=act.Rename(name="Ann")))
    with Redis.from_url(embedded.url) as client:
        replica.catch_up()
        # Let the question go out, and then have more in the log before its answer is read.
        asked = client.info("commandstats")["cmdstat_xrange"]["calls"]
        while client.info("commandstats")["cmdstat_xrange"]["calls"] == asked:  # noqa: ASYNC110
            await asyncio.sleep(0)
        place = (keys.log("BOARD"), keys.meta("BOARD"))
        epoch, first, at, run, prev = client.eval(
            Script("append").source, 2, *place, keys.live("BOARD"), "PUBLISH", "mark", *[rename] * 3
        )
        history = f"{epoch.decode()}.{run.decode()}"
        replica.receive(Batch(history, int(first), int(at), [rename] * 3, b"mark", prev))
    assert replica._reading is not None
    await caught_up(replica)
    assert replica.board.seq == 4
    assert replica.watcher.renewals == 0


async def test_how_large_a_log_is_goes_by_what_was_read(log):
    entries = [act.encode(create()), act.encode(act.Entry(action=act.Rename(name="Ann")))]
    await log.create("BOARD", entries)
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    assert replica.board.size == sum(map(len, entries))
    more = act.encode(act.Entry(action=act.Rename(name="Benedict")))
    replica.receive(Batch(replica.epoch, 3, T0, [more]))
    assert replica.board.size == sum(map(len, (*entries, more)))


class Clock:
    """A clock by which each entry that is applied takes a millisecond."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        apply = Board.apply

        def slowly(board, seq, at, entry):
            self.now += 0.001
            return apply(board, seq, at, entry)

        monkeypatch.setattr(Board, "apply", slowly)

    def __call__(self):
        return self.now


async def steps(replica, until_done):
    """Give the positions of a board in each turn of the loop."""
    seen = [replica.board.seq]
    while not until_done():
        await asyncio.sleep(0)
        seen.append(replica.board.seq)
    return [after - before for before, after in pairwise(seen)]


async def test_a_long_log_is_read_in_shares_of_the_loop(log, monkeypatch):
    names = [act.encode(act.Entry(by=f"{n}", action=act.Rename(name="N"))) for n in range(400)]
    await log.create("BOARD", [act.encode(create()), *names])
    clock = Clock(monkeypatch)
    replica = WatchedReplica(log, "BOARD", clock)
    turns, loading = [], asyncio.create_task(replica.load())
    while not loading.done():
        before = clock.now
        await asyncio.sleep(0)
        turns.append(clock.now - before)
    assert replica.board.seq == 401
    assert max(turns) < 0.0061
    for name in names:
        log.append("BOARD", name, lambda _: None)
    await log.drained()
    replica.catch_up()
    assert max(await steps(replica, lambda: replica._reading is None)) <= 6
    assert replica.board.seq == 801
    assert replica.watcher.seqs == list(range(1, 802))


async def test_of_a_large_batch_the_rest_is_read_from_the_log(log, monkeypatch):
    await log.create("BOARD", [act.encode(create())])
    replica = WatchedReplica(log, "BOARD", Clock(monkeypatch))
    await replica.load()
    names = [act.encode(act.Entry(by=f"{n}", action=act.Rename(name="N"))) for n in range(100)]
    for name in names:
        log.append("BOARD", name, lambda _: None)
    await log.drained()
    replica.receive(Batch(replica.epoch, 2, T0, names))
    assert 2 < replica.board.seq <= 12
    assert max(await steps(replica, lambda: replica._reading is None)) <= 6
    assert replica.board.seq == 101
    assert replica.watcher.seqs == list(range(1, 102))


async def test_a_process_that_is_kept_waiting_before_a_batch_stays_in_its_history(store):
    receiving = Receiving()
    log = EventLog(store, receiving, 1)
    await log.create("BOARD", [act.encode(create())])
    # Whenever it looks at the clock, another second has passed.
    replica = WatchedReplica(log, "BOARD", count().__next__)
    await replica.load()
    epoch = replica.epoch
    for seat in ("ann", "bob"):
        await appended(log, renamed(seat))
        replica.receive(receiving.batches[-1])
        replica.catch_up()
        await caught_up(replica)
    assert replica.watcher.seqs == [1, 2, 3]
    assert replica.epoch == (await log.read("BOARD", 0)).epoch == epoch


async def test_a_board_that_stands_still_takes_in_afterwards_what_came(log):
    await log.create("BOARD", [act.encode(create())])
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    name = act.encode(act.Entry(by="ann", action=act.Rename(name="Ann")))
    for _ in range(3):
        log.append("BOARD", name, lambda _: None)
    await log.drained()
    with replica.frozen():
        replica.receive(Batch(replica.epoch, 2, T0, [name]))
        waiting = asyncio.create_task(replica.caught_up())
        for _ in range(20):
            await log.read("BOARD", 0)
        assert replica.board.seq == 1
        assert not waiting.done()
    assert await waiting
    assert replica.board.seq == 4
    assert replica.watcher.seqs == [1, 2, 3, 4]


# Which history a position is of


def renamed(seat, name="Ann"):
    return act.encode(act.Entry(by=seat, action=act.Rename(name=name)))


async def appended(log, *entries):
    """Append each for itself."""
    for entry in entries:
        log.append("BOARD", entry, lambda _: None)
        await log.drained()


class Receiving:
    """A log's own process: it hears at once of what it appends."""

    def __init__(self):
        self.replica = None
        self.batches = []

    def receive(self, code, batch):
        self.batches.append(batch)
        if self.replica:
            self.replica.receive(batch)


async def put_back(store, work):
    """Have the store forget, key by key, what was done in between."""
    kept = {
        key: await store.nodes[0].client.dump(key) for key in await store.nodes[0].client.keys()
    }
    await work
    for key, value in kept.items():
        await store.nodes[0].client.restore(key, 0, value, replace=True)


@pytest.mark.parametrize("more", [0, 1, 2, 3, 5])
async def test_positions_that_are_handed_out_again_are_another_history(store, more):
    receiver = Receiving()
    log = EventLog(store, receiver, 1)
    await log.create("BOARD", [act.encode(create())])
    await appended(log, renamed("ann"))
    receiver.replica = replica = WatchedReplica(log, "BOARD")
    await replica.load()
    before = replica.epoch
    await put_back(store, appended(log, *(renamed(f"lost {n}") for n in range(3))))
    assert replica.board.seq == 5
    assert replica.watcher.renewals == 0
    # Another process goes on: fewer, as many, more positions than those that are gone.
    other = Receiving()
    elsewhere = EventLog(store, other, 1)
    await appended(elsewhere, *(renamed(f"new {n}") for n in range(more)))
    for batch in other.batches:
        replica.receive(batch)
    replica.catch_up()
    await caught_up(replica)
    assert replica.watcher.renewals == 1
    assert replica.board.names.keys() == {"ann", *(f"new {n}" for n in range(more))}
    assert replica.epoch != before
    assert replica.epoch == (await log.read("BOARD", 0)).epoch
    await appended(log, renamed("goes on"))
    assert replica.board.seq == 3 + more
    assert "goes on" in replica.board.names
    assert replica.watcher.renewals == 1
    await replica.close()


async def test_a_batch_that_is_known_by_its_place_alone_is_not_known(store):
    receiver = Receiving()
    log = EventLog(store, receiver, 1)
    await log.create("BOARD", [act.encode(create())])
    receiver.replica = replica = WatchedReplica(log, "BOARD")
    await replica.load()
    await appended(log, *(renamed(f"{n}") for n in range(4)))
    for batch in receiver.batches:
        replica.receive(batch)
    assert replica._reading is None, "each batch comes twice"
    replica.receive(receiver.batches[1]._replace(mark=b"3:of another history"))
    assert replica._reading is not None
    await caught_up(replica)
    assert (replica.watcher.renewals, replica.board.seq) == (0, 5)
    await replica.close()


async def test_what_follows_by_its_place_alone_does_not_follow(store):
    log = EventLog(store, NoReceiver(), 1)
    await log.create("BOARD", [act.encode(create())])
    await appended(log, renamed("ann"))
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    for wrong in ({"prev": UNMARKED}, {"prev": b"2:other"}, {"epoch": "other.run"}):
        batch = Batch(replica.epoch, 3, T0, [renamed("ben")], b"3:mark", replica._mark)
        replica.receive(batch._replace(**wrong))
        assert replica.board.seq == 2
        await caught_up(replica)
    replica.receive(batch)
    assert (replica.board.seq, replica.watcher.renewals) == (3, 0)
    await replica.close()


async def test_a_page_of_another_history_is_put_on_nothing(store, monkeypatch):
    """While a page is on its way, the board follows batches that the store then forgets."""
    receiver = Receiving()
    log = EventLog(store, receiver, 1)
    await log.create("BOARD", [act.encode(create())])
    await appended(log, renamed("ann"))
    receiver.replica = replica = WatchedReplica(log, "BOARD")
    await replica.load()
    read, pages = log.read, []

    async def read_of_what_goes_back(code, after):
        if not pages:
            await put_back(store, appended(log, renamed("lost 1"), renamed("lost 2")))
            assert replica.board.seq == 4
            await appended(
                EventLog(store, NoReceiver(), 1), *(renamed(f"new {n}") for n in range(4))
            )
        pages.append(await read(code, after))
        return pages[-1]

    monkeypatch.setattr(log, "read", read_of_what_goes_back)
    replica.catch_up()
    await caught_up(replica)
    assert replica.board.names.keys() == {"ann", *(f"new {n}" for n in range(4))}
    assert replica.watcher.renewals == 1
    await replica.close()


async def test_a_log_that_could_not_be_read_is_read_once_the_store_is_there(store, monkeypatch):
    """The line may be back before: what is read waits longest for a store that hangs."""
    monkeypatch.setattr("server.live.replica.RETRY", 0.01)
    log = EventLog(store, NoReceiver(), 1)
    await log.create("BOARD", [act.encode(create())])
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    await appended(log, renamed("ann"))
    read, tries = log.read, []

    async def read_on_the_third_try(code, after):
        tries.append(store.present)
        if len(tries) < 3:
            # Meanwhile it is said that something may have been missed.
            replica.catch_up()
            store.nodes[0].set_present(value=False, why="it hangs")
            raise StoreAwayError("no answer")
        return await read(code, after)

    monkeypatch.setattr(log, "read", read_on_the_third_try)
    store.nodes[0].set_present(value=True)
    replica.catch_up()
    for n in (1, 2):
        await eventually(lambda n=n: len(tries) == n and replica._reading is None)
        store.nodes[0].set_present(value=True)
    await eventually(lambda: replica.board.seq == 2)
    assert tries == [True] * 3
    await replica.close()


async def test_a_long_log_is_read_on_whatever_was_erased_of_it(store, monkeypatch):
    monkeypatch.setattr("server.live.replica.PAGE", 5)
    monkeypatch.setattr("server.store.event_log.PAGE", 5)
    log = EventLog(store, NoReceiver(), 1)
    await log.create("BOARD", [act.encode(create())])
    await appended(log, renamed("ann"), renamed("ben"))
    replica = WatchedReplica(log, "BOARD")
    await replica.load()
    for n in range(23):
        log.append("BOARD", renamed(f"{n}"), lambda _: None)
        if n % 7 == 0:
            await log.drained()
    await log.drained()
    # What it stands on, the ends of pages and of batches, and the last of all.
    log.erase("BOARD", (3, 4, 8, 9, 13, 14, 15, 26))
    await log.drained()
    replica.catch_up()
    await caught_up(replica)
    assert (replica.board.seq, replica.watcher.renewals) == (26, 0)
    late = WatchedReplica(log, "BOARD")
    await late.load()
    assert late.board.seq == 26
    assert late._mark == replica._mark
    await replica.close()


async def test_versions_with_and_without_marks_go_on_together(store, embedded):
    receiver = Receiving()
    log = EventLog(store, receiver, 1)
    await log.create("BOARD", [act.encode(create())])
    receiver.replica = replica = WatchedReplica(log, "BOARD")
    await replica.load()
    place = (keys.log("BOARD"), keys.meta("BOARD"))
    for n in range(4):
        with Redis.from_url(embedded.url) as client:
            _, first, at = client.eval(OLDER, 2, *place, "live", 60_000, renamed(f"old {n}"))
        replica.receive(Batch.published(b"e0\n%b\n%b\n%b" % (first, at, renamed(f"old {n}"))))
        await caught_up(replica)
        await appended(log, renamed(f"new {n}"))
        await caught_up(replica)
    assert (replica.board.seq, len(replica.board.names)) == (9, 8)
    assert replica.watcher.renewals == 0
    await replica.close()
