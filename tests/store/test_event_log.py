import asyncio
import contextlib
import itertools
import signal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.board import Board
from server.domain.options import Option
from server.domain.refusals import Code, Refused
from server.store import connections, keys
from server.store import event_log as log_module
from server.store import node as store_module
from server.store.damage import DamagedError
from server.store.event_log import (
    BATCH,
    DAY_MS,
    PAGE,
    UNMARKED,
    Batch,
    notice_before,
    waits_for_more,
)
from server.store.node import StoreAwayError
from store.event_logs import RecordedAppends, RecordingReceiver, append_as_before, logged, read_all
from support.wait import eventually, until


def numbered(count, name="entry"):
    return [f'{{"{name}":{n}}}'.encode() for n in range(count)]


async def test_a_board_is_made_once(server):
    async with logged(server) as log, logged(server) as other:
        made = await asyncio.gather(
            *(each.create("BOARD", [f"{n}".encode()]) for n, each in enumerate((log, other, log)))
        )
        assert sorted(made) == [False, False, True]
        page = await log.read("BOARD", 0)
        assert page.top == 1
        assert page.entries[0][2] == f"{made.index(True)}".encode()
        assert not await log.create("BOARD", [b"again"])
        assert (await log.read("BOARD", 0)).entries == page.entries
        assert await log.create("OTHER", [b"other"])
        assert (await log.read("OTHER", 0)).epoch != page.epoch


async def test_positions_have_no_holes_and_the_order_of_calls_is_the_order_in_the_log(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        entries, written = numbered(BATCH * 2 + 50), RecordedAppends(log)
        written.append(*entries)
        assert await written.done() == list(range(2, 2 + len(entries)))
        expected = list(enumerate([b"first", *entries], 1))
        assert await read_all(log) == expected
        assert heard.entries == expected[1:]
        assert len(heard.batches) == 3
        assert [entry for entry, _ in written.answers] == entries
        epochs = {batch.epoch for _, batch in heard.batches}
        assert epochs == {(await log.read("BOARD", 0)).epoch}


async def test_two_processes_share_one_order(server):
    one, two = RecordingReceiver(), RecordingReceiver()
    async with logged(server, receiver=one) as first, logged(server, receiver=two) as second:
        await first.create("BOARD", [b"first"])
        writers = [RecordedAppends(first), RecordedAppends(second)]
        for n in range(300):
            for writer, name in zip(writers, "ab", strict=True):
                writer.append(f"{name} {n}".encode())
            if n % 20 == 0:
                await asyncio.sleep(0.001)
        for writer in writers:
            await writer.done()
        rows = await read_all(first)
        assert [seq for seq, _ in rows] == list(range(1, 602))
        for name in (b"a", b"b"):
            mine = [entry for _, entry in rows if entry.startswith(name + b" ")]
            assert mine == [name + f" {n}".encode() for n in range(300)]
        assert sorted(one.entries + two.entries) == rows[1:]


async def test_a_board_that_is_not_there_is_refused_and_stays_so(server):
    async with logged(server) as log:
        written = RecordedAppends(log)
        written.append(b"1", b"2")
        answers = await written.done()
        assert [answer.code for answer in answers] == [Code.NO_SUCH_BOARD] * 2
        assert answers[0].message.endswith(".")
        with pytest.raises(Refused, match="no board with this code"):
            await log.read("BOARD", 0)
        with server.client() as client:
            assert client.keys() == []


async def test_a_long_log_is_read_page_by_page(server):
    async with logged(server) as log:
        await log.create("BOARD", numbered(2 * PAGE + 500))
        sizes, after = [], 0
        while (page := await log.read("BOARD", after)).entries:
            sizes.append(len(page.entries))
            assert page.top == 2 * PAGE + 500
            assert page.entries[0][0] == after + 1
            after = page.entries[-1][0]
        assert sizes == [PAGE, PAGE, 500]


async def test_what_is_erased_leaves_a_hole_and_the_top_stays(server):
    async with logged(server) as log:
        await log.create("BOARD", numbered(6))
        log.erase("BOARD", (2, 3, 6))
        log.erase("BOARD", (3, 99))
        await log.drained()
        page = await log.read("BOARD", 0)
        assert [seq for seq, _, _ in page.entries] == [1, 4, 5]
        assert page.top == 6
        written = RecordedAppends(log)
        written.append(b"next")
        await written.done()
        assert (await log.read("BOARD", 5)).entries[0][0] == 7
        with server.client() as client:
            left = str(client.xrange("sv:{BOARD}:log"))
        assert '{"entry":1}' not in left
        assert '{"entry":4}' in left


@pytest.mark.parametrize("protocol", [2, 3])
async def test_a_log_is_read_in_either_version_of_the_protocol(server, protocol):
    async with logged(SimpleNamespace(url=f"{server.url}?protocol={protocol}")) as log:
        await log.create("BOARD", numbered(3))
        log.erase("BOARD", (3,))
        await log.drained()
        page = await log.read("BOARD", 1)
        assert page.top == 3
        assert [(seq, entry) for seq, _, entry in page.entries] == [(2, b'{"entry":1}')]


@pytest.mark.parametrize("gone", ["log", "meta"])
async def test_a_board_of_which_a_part_has_lapsed_is_no_board(server, gone):
    async with logged(server) as log:
        await log.create("BOARD", [b"first"])
        with server.client() as client:
            assert client.delete(f"sv:{{BOARD}}:{gone}")
        with pytest.raises(Refused) as refused:
            await log.read("BOARD", 0)
        assert refused.value.code is Code.NO_SUCH_BOARD


async def test_a_log_is_read_as_it_is_at_one_moment(server):
    """Boards come and go under one code: a page is of one of them, whole."""
    async with logged(server) as log, logged(server) as reader:
        boards = 0

        async def renew():
            nonlocal boards
            with server.client() as client:
                while boards < 50:
                    boards += 1
                    await log.create("BOARD", numbered(boards))
                    await asyncio.sleep(0)
                    client.delete("sv:{BOARD}:log", "sv:{BOARD}:meta")

        renewing = asyncio.create_task(renew())
        pages = []
        while not renewing.done():
            with contextlib.suppress(Refused):
                pages.append(await reader.read("BOARD", 0))
        await renewing
        assert pages
        assert all(page.top == len(page.entries) for page in pages)
        tops = {page.epoch: page.top for page in pages}
        assert all(tops[page.epoch] == page.top for page in pages)


async def test_nothing_is_asked_on_a_connection_to_a_store_that_was_left(
    real_store, tmp_path, monkeypatch
):
    """The old one hangs and cuts no line; the address leads to another one by now."""
    monkeypatch.setattr(connections, "TIMEOUT", 30.0)
    old, new = real_store("old"), real_store("new")
    for each, code in ((old, "OLD222"), (new, "NEW222")):
        async with logged(each) as log:
            await log.create(code, [b"entry"])
    address = tmp_path / "address"
    address.symlink_to(old.socket)
    async with logged(SimpleNamespace(url=f"unix://{address}")) as log:
        assert await log.codes() == ["OLD222"]
        await asyncio.gather(*(log.read("OLD222", 0) for _ in range(5)))
        with old.client() as client:
            client.set(keys.meta("OLD222"), "of another type")
        with pytest.raises(DamagedError):
            await log.touch("OLD222")
        old.signal(signal.SIGSTOP)
        (tmp_path / "other").symlink_to(new.socket)
        (tmp_path / "other").replace(address)
        log.store.nodes[0].hang_up()
        async with asyncio.timeout(10):
            assert await log.codes() == ["NEW222"]
            pages = [log.read("NEW222", 0) for _ in range(5)]
            assert [page.top for page in await asyncio.gather(*pages)] == [1] * 5
            with pytest.raises(Refused):
                await log.read("OLD222", 0)


async def test_no_key_of_a_board_lapses_by_the_clock_of_the_store(server):
    async with logged(server, days=2) as log:
        await log.create("BOARD", [b"1"])
        written = RecordedAppends(log)
        written.append(b"2")
        await written.done()
        names = ("sv:{BOARD}:log", "sv:{BOARD}:meta")
        with server.client() as client:
            assert {*client.scan_iter()} == {name.encode() for name in names}
            assert [client.pttl(name) for name in names] == [-1, -1]
            # An earlier version had the store drop them.
            for use in (lambda: log.touch("BOARD"), lambda: log.expire("BOARD", -1, 2)):
                for name in names:
                    client.pexpire(name, 5000)
                await use()
                assert [client.pttl(name) for name in names] == [-1, -1]


async def test_use_of_a_board_close_to_its_end_is_told_for_a_day(server):
    async with logged(server, days=90) as log:
        await log.create("BOARD", [b"1"])
        with server.client() as client:
            now = client.time()[0] * 1000

            async def used(days_ago, spared_days_ago=None):
                """Use a board that was used so long ago: days to its end, and what they were."""
                client.hset(keys.meta("BOARD"), "touched", now - days_ago * DAY_MS)
                if spared_days_ago is not None:
                    spared = f"{now + 5 * DAY_MS} {now - spared_days_ago * DAY_MS:.0f}"
                    client.hset(keys.meta("BOARD"), "spared", spared)
                due = await log.touch("BOARD")
                return round((due.at - now) / DAY_MS), due.was and round((due.was - now) / DAY_MS)

            client.xadd(keys.log("BOARD"), {"t": now - 100 * DAY_MS, "e": b"2"}, id="0-*")
            assert await used(75) == (90, 0)
            assert await used(77) == (90, 13)
            assert await used(0) == (90, 13)
            assert await used(0, spared_days_ago=0.9) == (90, 5)
            assert await used(0, spared_days_ago=1.1) == (90, 0)
            assert client.hget(keys.meta("BOARD"), "spared") is None
            assert await used(95) == (90, -5)
            assert (await log.touch("BOARD", now + 400 * DAY_MS)).at == now + 400 * DAY_MS
        assert await log.touch("NONE22") == (0, 0)


@pytest.mark.parametrize(("days", "notice"), [(365, 14), (90, 14), (42, 14), (30, 10), (3, 1)])
def test_the_end_of_a_board_is_told_two_weeks_or_a_third_of_its_time_before(days, notice):
    assert notice_before(days * DAY_MS) == notice * DAY_MS


async def test_a_store_that_has_forgotten_its_scripts_learns_them_again(server):
    async with logged(server) as log:
        await log.create("BOARD", [b"first"])
        written = RecordedAppends(log)
        with server.client() as client:
            for n in range(6):
                written.append(f"{n}".encode())
                client.script_flush()
                await written.done()
        assert len(await read_all(log)) == 7


async def test_times_are_those_of_the_store(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        with server.client() as client:
            seconds, micros = client.time()
            written = RecordedAppends(log)
            written.append(b"second")
            await written.done()
            after, more = client.time()
        ((_, at, _),) = (await log.read("BOARD", 1)).entries
        assert seconds * 1000 + micros // 1000 <= at <= after * 1000 + more // 1000
        assert heard.batches[0][1].at == at


async def test_what_was_answered_is_there_after_a_kill_and_in_another_epoch(fragile):
    async with logged(fragile) as log:
        node = log.store.nodes[0]
        node.run = await node.read_run()
        await log.create("BOARD", [b"first"])
        before = await log.read("BOARD", 0)
        written = RecordedAppends(log)
        written.append(*numbered(50))
        await written.done()
        fragile.kill()
        written.append(b"while it was away")
        fragile.start()
        assert await written.done() == list(range(2, 53))
        node = log.store.nodes[0]
        node.run = await node.read_run()
        rows = await read_all(log)
        assert [entry for _, entry in rows] == [b"first", *numbered(50), b"while it was away"]
        assert (await log.read("BOARD", 0)).epoch != before.epoch


async def test_a_lost_answer_doubles_an_entry_at_most_and_the_board_knows(fragile, monkeypatch):
    monkeypatch.setattr(connections, "TIMEOUT", 0.2)
    options = tuple(Option(id=name, name=name) for name in ("flask", "django"))
    create = act.Create(code="BOARD", title="?", options=options, host="")
    opening = act.OpenRound(method="single")
    async with logged(fragile) as log:
        await log.create("BOARD", [act.encode(act.Entry(action=a)) for a in (create, opening)])
        written = RecordedAppends(log)
        written.append(act.encode(act.Entry(action=act.Rename(name=None))))
        await written.done()
        vote = act.Vote(round=1, ballot={"choice": "flask"})
        log.store.nodes[0].set_present(value=True)
        fragile.signal(signal.SIGSTOP)
        written.append(act.encode(act.Entry(by="ann", idempotency_key="ann 1", action=vote)))
        # Given up here, but the system has taken it: it is done when the store goes on.
        await eventually(lambda: not log.store.present)
        fragile.signal(signal.SIGCONT)
        first, again = await written.done()
        assert first == 3 < again
        board = Board()
        outcomes = [board.apply(seq, 0, act.decode(entry)) for seq, entry in await read_all(log)]
        assert [outcome.duplicate_of for outcome in outcomes[4:]] == [4] * (len(outcomes) - 4)
        assert len(outcomes) > 4
        assert board.round.voters == 1


@pytest.mark.parametrize(
    ("trouble", "cure"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    ],
    ids=["full", "not yet a primary"],
)
async def test_votes_wait_while_the_store_cannot_take_them(fragile, trouble, cure):
    async with logged(fragile) as log:
        await log.create("BOARD", [b"first"])
        log.store.nodes[0].set_present(value=True)
        with fragile.client() as client:
            client.execute_command(*trouble)
            written = RecordedAppends(log)
            written.append(b"1", b"2")
            await eventually(lambda: not log.store.present)
            assert written.answers == []
            client.execute_command(*cure)
            assert await written.done() == [2, 3]
        assert [entry for _, entry in await read_all(log)] == [b"first", b"1", b"2"]


async def test_local_durability_waits_for_the_disk(real_store):
    server = real_store(appendfsync="everysec")
    async with logged(server, "local") as log:
        await log.create("BOARD", [b"first"])
        written = RecordedAppends(log)
        written.append(b"1", b"2")
        assert await written.done() == [2, 3]
        with server.client() as client:
            assert client.info("commandstats")["cmdstat_waitaof"]["calls"] >= 2
    server.kill()
    server.start()
    async with logged(server) as log:
        assert [entry for _, entry in await read_all(log)] == [b"first", b"1", b"2"]


async def test_replica_durability_waits_for_a_replica(real_store, monkeypatch):
    monkeypatch.setattr(store_module, "_DURABLE_MS", 100)
    primary = real_store()
    async with logged(primary) as log:
        await log.create("BOARD", [b"first"])
    async with logged(primary, "replica") as log:
        written = RecordedAppends(log)
        written.append(b"1")
        with primary.client() as client:
            # Tried more than once, and no one was told that it is safe.
            await eventually(
                lambda: client.info("commandstats").get("cmdstat_wait", {}).get("calls", 0) > 1
            )
        assert written.answers == []


def replicate(start, primary, name):
    """Start a replica and wait until it is in step."""
    replica = start(
        name, replicaof=f"127.0.0.1 {primary.port}", repl_diskless_sync_delay="0", appendonly="no"
    )
    in_step = {"port": replica.port, "state": "online"}
    with primary.client() as client:
        until(
            lambda: any(
                isinstance(known, dict) and in_step.items() <= known.items()
                for known in client.info("replication").values()
            )
        )
    return replica


@pytest.mark.slow
async def test_a_vote_waits_for_as_many_replicas_as_were_asked_for_and_is_written_once(
    real_tcp_store, monkeypatch
):
    monkeypatch.setattr(store_module, "_DURABLE_MS", 100)
    monkeypatch.setattr(store_module, "CONNECTIONS", 2)
    primary = real_tcp_store("primary")
    one = replicate(real_tcp_store, primary, "one")
    two = replicate(real_tcp_store, primary, "two")
    boards = [f"BOARD{n}" for n in range(4)]
    async with logged(primary) as log:
        for code in boards:
            assert await log.create(code, [b"first"])
    async with logged(primary, "replica", replicas=2) as log:
        two.process.send_signal(signal.SIGSTOP)
        written = [RecordedAppends(log, code) for code in boards]
        for each in written:
            each.append(b"1", b"2")
        with primary.client() as client:
            await eventually(
                lambda: client.info("commandstats").get("cmdstat_wait", {}).get("calls", 0) > 20
            )
        # One of two has it: no one is told that it is safe, and the log does not grow.
        assert not any(each.answers for each in written)
        assert not log.store.present
        # They hold more connections than there are, and others are served all the same.
        page = await log.read("BOARD0", 0)
        assert [entry for _, _, entry in page.entries][:2] == [b"first", b"1"]
        two.process.send_signal(signal.SIGCONT)
        for each in written:
            assert await each.done() == [2, 3]
        assert [entry for _, entry in await read_all(log, "BOARD3")] == [b"first", b"1", b"2"]
        # One alone would do: the other is no longer asked for.
        log.store.nodes[0]._copies = 1
        one.stop()
        written[0].append(b"3")
        assert (await written[0].done())[-1] == 4


@pytest.mark.slow
async def test_what_was_not_confirmed_when_the_connection_went_is_tried_again(
    real_tcp_store, monkeypatch
):
    monkeypatch.setattr(store_module, "_DURABLE_MS", 100)
    primary = real_tcp_store("primary")
    async with logged(primary) as log:
        await log.create("BOARD", [b"first"])
    async with logged(primary, "replica") as log:
        written = RecordedAppends(log)
        written.append(b"1")
        with primary.client() as client:
            await eventually(
                lambda: client.info("commandstats").get("cmdstat_wait", {}).get("calls")
            )
            client.client_kill_filter(_type="normal", skipme=True)
            await asyncio.sleep(0.3)
            # On a new connection nothing was written, and so nothing is confirmed there.
            assert written.answers == []
        replicate(real_tcp_store, primary, "late")
        assert await written.done()


async def test_draining_waits_for_all_that_was_taken(server):
    async with logged(server) as log:
        await log.create("BOARD", [b"first"])
        await log.create("OTHER", [b"first"])
        one, two = RecordedAppends(log), RecordedAppends(log, "OTHER")
        one.append(*numbered(300))
        two.append(*numbered(10))
        log.erase("BOARD", (1,))
        await log.drained()
        assert len(one.answers) == 300
        assert len(two.answers) == 10
        assert (await log.read("BOARD", 0)).entries[0][0] == 2
        await log.drained()


async def test_who_comes_first_is_written_at_once_and_the_others_together(server, monkeypatch):
    monkeypatch.setattr(log_module, "GATHER", 0.2)
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        written = RecordedAppends(log)
        for n in range(40):
            written.append(f"{n}".encode())
            await asyncio.sleep(0)
        await written.done()
        (_, first), (_, second) = heard.batches
        assert len(first.entries) + len(second.entries) == 40


async def test_entries_wait_for_each_other_while_others_pour_in_elsewhere(server, monkeypatch):
    monkeypatch.setattr(log_module, "GATHER", 0.02)
    monkeypatch.setattr(log_module, "GATHER_LONGEST", 3600.0)
    heard = RecordingReceiver()
    clock = asyncio.get_running_loop().time
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        written, elsewhere = RecordedAppends(log), itertools.count(1000, 10_000)

        async def pour():
            while True:
                log.heard("BOARD", next(elsewhere))
                await asyncio.sleep(0)

        pouring = asyncio.create_task(pour())
        written.append(b"0")
        await written.done()
        for n in range(1, 5):
            # If there were no others, each would be written on its own by then.
            due = clock() + 2 * log_module.GATHER
            await eventually(lambda due=due: clock() > due)
            written.append(f"{n}".encode())
        pouring.cancel()
        await written.done()
        assert [len(batch.entries) for _, batch in heard.batches] == [1, 4]


@given(steps=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40))
def test_entries_wait_only_as_long_as_many_others_come(steps):
    """Of each step of `GATHER`: how many entries come here, and how many elsewhere."""
    step, waiting = log_module.GATHER, 0
    for number, (here, elsewhere) in enumerate(steps, 1):
        waiting += here
        came, waited = here + elsewhere, number * step
        if waits_for_more(came, step, waited, waiting):
            # One of few does not wait longer than without this.
            assert came >= log_module.POURING * step
            assert waiting < BATCH
            assert waited + step <= log_module.GATHER_LONGEST
        else:
            assert (
                came < log_module.POURING * step
                or waiting >= BATCH
                or waited + step > log_module.GATHER_LONGEST
            )
            break
    assert number <= round(log_module.GATHER_LONGEST / step)


# Which history a position is of


async def test_each_batch_names_the_one_before_it_whichever_process_it_is_from(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as one, logged(server, receiver=heard) as two:
        await one.create("BOARD", [b"first"])
        for n in range(6):
            written = RecordedAppends(one if n % 2 else two)
            written.append(*numbered(n + 1))
            await written.done()
        batches = [batch for _, batch in heard.batches]
        assert [batch.prev for batch in batches] == [
            UNMARKED,
            *(batch.mark for batch in batches[:-1]),
        ]
        assert len({batch.mark for batch in batches}) == len(batches)
        page = await one.read("BOARD", 0)
        assert page.marks[page.top] == batches[-1].mark
        for batch in batches:
            assert (await two.read("BOARD", batch.last)).mark(batch.last) == batch.mark


async def test_what_is_published_says_the_same_as_the_answer(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        with server.client() as client, client.pubsub(ignore_subscribe_messages=True) as line:
            line.subscribe("sv:{BOARD}:live")
            line.get_message(timeout=5)
            written = RecordedAppends(log)
            written.append(*numbered(3))
            await written.done()
            kind, _, rest = line.get_message(timeout=5)["data"].partition(b"\n")
        assert kind == b"a"
        assert Batch.published(rest) == heard.batches[0][1]


async def test_a_mark_outlives_its_entry(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        for _ in range(3):
            written = RecordedAppends(log)
            written.append(b"{}")
            await written.done()
        log.erase("BOARD", (2, 3, 4))
        await log.drained()
        for _, batch in heard.batches:
            page = await log.read("BOARD", batch.last)
            assert (page.top, page.mark(batch.last)) == (4, batch.mark)
        assert (await log.read("BOARD", 0)).mark(4) == heard.batches[-1][1].mark
        written = RecordedAppends(log)
        written.append(b"{}")
        await written.done()
        assert heard.batches[-1][1].prev == heard.batches[-2][1].mark


async def test_an_older_version_may_append_in_between(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        with server.client() as client:
            await log.create("BOARD", [b"first"])
            written = RecordedAppends(log)
            for n in range(3):
                append_as_before(client, *numbered(2, "old"))
                written.append(*numbered(n + 1))
                await written.done()
            append_as_before(client, b"old")
        assert [batch.prev for _, batch in heard.batches] == [UNMARKED] * 3
        page = await log.read("BOARD", 0)
        assert page.top == len(page.entries) == 14
        assert page.mark(14) == UNMARKED
        assert page.mark(13) == heard.batches[-1][1].mark


async def test_what_an_older_version_publishes_is_read_from_the_log():
    batch = Batch.published(b"e0\n7\n1700000000000\n{}\n{}")
    assert (batch.first, batch.last, batch.entries) == (7, 8, [b"{}", b"{}"])
    assert (batch.epoch, batch.mark, batch.prev) == ("", UNMARKED, UNMARKED)


@pytest.mark.parametrize("gone", ["log", "meta"])
async def test_half_a_board_takes_no_votes_and_what_is_left_of_a_log_is_kept(server, gone):
    async with logged(server) as log:
        await log.create("BOARD", [b"first"])
        before = (await log.read("BOARD", 0)).epoch
        with server.client() as client:
            client.delete(f"sv:{{BOARD}}:{gone}")
            written = RecordedAppends(log)
            written.append(*numbered(3))
            assert {answer.code for answer in await written.done()} == {Code.NO_SUCH_BOARD}
            assert client.exists(f"sv:{{BOARD}}:{gone}") == 0
        assert await log.create("BOARD", [b"again"]) is (gone == "log")
        if gone == "meta":
            with server.client() as client:
                assert client.xlen("sv:{BOARD}:log") == 1
            return
        page = await log.read("BOARD", 0)
        assert (page.top, page.entries[0][2]) == (1, b"again")
        assert page.epoch != before


@pytest.mark.parametrize("asks", ["append", "read"])
async def test_a_replica_never_says_that_there_is_no_board(fragile, asks):
    """It may not have got it yet."""
    async with logged(fragile) as log:
        log.store.nodes[0].set_present(value=True)
        with fragile.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            written = RecordedAppends(log)
            if asks == "append":
                written.append(b"1")
                await eventually(lambda: not log.store.present)
            else:
                with pytest.raises(StoreAwayError, match="replica"):
                    await log.read("BOARD", 0)
                assert not log.store.present
            assert written.answers == []
            client.execute_command("REPLICAOF", "NO", "ONE")
            if asks == "append":
                assert (await written.done())[0].code is Code.NO_SUCH_BOARD


async def test_a_store_that_is_not_followed_yet_never_says_that_there_is_no_board(fragile):
    """It may get the board again, as that of a fresh server, before it is followed."""
    async with logged(fragile) as log:
        node = log.store.nodes[0]
        node.on_moved.append(lambda: None)
        node.run = await node.read_run()
        node.set_present(value=True)
        fragile.kill()
        (fragile.folder / "appendonlydir").rename(fragile.folder / "lost")
        fragile.start()
        written = RecordedAppends(log)
        written.append(b"1")
        await eventually(lambda: not node.present)
        assert await log.create("BOARD", [b"first"])
        assert await written.done() == [2]


async def test_a_stream_that_was_put_back_alone_is_another_history(server):
    heard = RecordingReceiver()
    async with logged(server, receiver=heard) as log:
        await log.create("BOARD", [b"first"])
        with server.client() as client:
            kept = client.dump("sv:{BOARD}:log")
            for reads in (False, True):
                written = RecordedAppends(log)
                written.append(b"{}", b"{}")
                await written.done()
                before = (await log.read("BOARD", 0)).epoch
                client.restore("sv:{BOARD}:log", 0, kept, replace=True)
                if not reads:
                    written.append(b"{}")
                    await written.done()
                    assert heard.batches[-1][1].epoch != before
                assert (await log.read("BOARD", 0)).epoch != before


async def test_a_history_is_given_another_name_once(server):
    async with logged(server) as one, logged(server) as two:
        await one.create("BOARD", [b"first"])
        before = (await one.read("BOARD", 0)).epoch
        await asyncio.gather(*(log.fork("BOARD", before, 1) for log in (one, two, one)))
        after = (await two.read("BOARD", 0)).epoch
        await one.fork("BOARD", before, 1)
        assert (await one.read("BOARD", 0)).epoch == after != before
