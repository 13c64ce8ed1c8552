import asyncio

import msgspec
import pytest

from server.domain import actions as act
from server.domain.replay import Replay, replay_of
from server.domain.timeline import Timeline
from server.live.replica import Replica
from server.store.node import StoreAwayError
from support.wait import eventually
from support.worker import worker


async def play(server, code, key, names, voters=3):
    host = await server.host(code, key)
    await host.done("open_round", method="approval", settings={"names": names})
    people = [await server.page(code, name=f"Person {n}") for n in range(voters)]
    for person in people:
        await person.done("vote", round=1, ballot={"approve": ["flask"]})
    return host, people


@pytest.mark.parametrize("names", ["open", "secret"])
async def test_it_is_the_log_read_again(embedded, names, monkeypatch):
    # Many pages.
    monkeypatch.setattr("server.store.event_log.PAGE", 3)
    monkeypatch.setattr("server.live.retelling.PAGE", 3)
    async with worker(embedded) as server:
        code, key = await server.board()
        host, people = await play(server, code, key, names)
        room = server.hub.rooms[code]
        hidden = await room.retelling.replay()
        assert (hidden.hides_round, hidden.rounds) == (1, ())
        await people[0].done("comment", comment="c1", option="flask", kind="pro", text="Small.")
        await host.done("reveal_round", round=1)
        told = await room.retelling.replay()
        assert told.hides_round is None
        assert [each.text for each in told.comments] == ["Small."]
        assert told.moments[-1].voters == 3
        assert (told.seq, told.code) == (room.board.seq, code)


def counted(monkeypatch, server, then=None):
    """Note each page of a log that is read; `then` is awaited after the first."""
    pages = []
    read = server.hub.log.read

    async def noted(code, after):
        page = await read(code, after)
        pages.append(after)
        if then and after == 0:
            await then()
        return page

    monkeypatch.setattr(server.hub.log, "read", noted)
    return pages


async def test_it_is_read_once_until_something_happens_that_it_shows(embedded, monkeypatch):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, people = await play(server, code, key, "secret")
        room = server.hub.rooms[code]
        read = counted(monkeypatch, server)
        both = await asyncio.gather(*(room.retelling.replay() for _ in range(2)))
        assert both[0] == both[1]
        assert read.count(0) == 1
        await people[0].done("vote", round=1, ballot={"approve": ["django"]})
        await people[0].done("comment", comment="c1", option="flask", kind="pro", text="Small.")
        assert await room.retelling.replay() == both[0]
        assert read.count(0) == 1
        await host.done("reveal_round", round=1)
        await people[0].done("comment", comment="c2", option="flask", kind="pro", text="Fast.")
        told = await room.retelling.replay()
        assert [each.text for each in told.comments] == ["Small.", "Fast."]
        assert read.count(0) == 2
        # What is deleted is gone at once.
        await people[0].done("delete_comment", comment="c1")
        told = await room.retelling.replay()
        assert [each.text for each in told.comments] == ["Fast."]
        assert read.count(0) == 2
        await host.done("set_board", settings={"show_names": False})
        told = await room.retelling.replay()
        assert [each.name for each in told.comments] == [None]
        assert read.count(0) == 3


async def test_what_comes_while_it_reads_is_in_it(embedded, monkeypatch):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, _ = await play(server, code, key, "open")
        room = server.hub.rooms[code]
        counted(monkeypatch, server, lambda: host.done("reveal_round", round=1))
        told = await room.retelling.replay()
        assert (told.hides_round, told.moments[-1].mark) == (None, "revealed")


async def test_another_history_is_not_mixed_with_the_first(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, _ = await play(server, code, key, "open")
        await host.done("reveal_round", round=1)
        room = server.hub.rooms[code]
        told = await room.retelling.replay()
        entries = []
        while len(entries) < room.board.seq:
            page = await server.hub.log.read(code, len(entries))
            entries += page.entries
        timeline = Timeline(by_name=True)
        timeline.read((seq, at, act.decode(entry)) for seq, at, entry in entries)
        assert told == replay_of(room.board, timeline.told())
        assert msgspec.json.decode(msgspec.json.encode(told), type=type(told)) == told
        room.replica.epoch = "another"
        with pytest.raises(StoreAwayError):
            await room.retelling.replay()


@pytest.mark.parametrize("names", ["open", "secret"])
async def test_a_board_that_is_loaded_for_its_replay_is_read_once(embedded, names, monkeypatch):
    for module in ("store.event_log", "live.replica", "live.retelling"):
        monkeypatch.setattr(f"server.{module}.PAGE", 3)
    async with worker(embedded) as first, worker(embedded, own=True) as second:
        code, key = await first.board()
        host, people = await play(first, code, key, names)
        for n in range(4):
            await people[n % 3].done(
                "comment", comment=f"c{n}", option="flask", kind="pro", text="Small."
            )
        await people[1].done("delete_comment", comment="c1")
        await host.done("reveal_round", round=1)
        known = first.hub.rooms[code]
        read = counted(monkeypatch, second)
        status, told = await second.api(f"/api/boards/{code}/replay")
        assert (status, read.count(0)) == (200, 1)
        assert msgspec.convert(told, Replay) == await known.retelling.replay()
        room = second.hub.rooms[code]
        plain = Replica(first.hub.log, code)
        await plain.load()
        assert (room.board.seq, room.board.size) == (plain.board.seq, plain.board.size)
        assert room.board.comments == plain.board.comments
        # It goes on like any other board.
        await host.done("open_round", method="approval")
        await eventually(lambda: len(room.board.rounds) == 2)
        assert (await room.retelling.replay()).hides_round == 2
        assert read.count(0) == 2


async def test_what_a_board_does_not_name_is_told_by_another_reading(embedded, monkeypatch):
    async with worker(embedded) as first, worker(embedded, own=True) as second:
        code, key = await first.board()
        host, _ = await play(first, code, key, "open")
        await host.done("reveal_round", round=1)
        await host.done("set_board", settings={"show_names": False})
        read = counted(monkeypatch, second)
        room = await second.hub.room(code, told=True)
        assert read.count(0) == 1
        told = await room.retelling.replay()
        assert told == await first.hub.rooms[code].retelling.replay()
        assert told.rounds[0].stepwise


async def test_a_board_whose_replay_cannot_be_told_is_loaded_all_the_same(embedded, monkeypatch):
    async with worker(embedded) as first, worker(embedded, own=True) as second:
        code, key = await first.board()
        await play(first, code, key, "open")

        def fail(*_):
            raise ValueError("this is a test")

        monkeypatch.setattr(Timeline, "apply", fail)
        room = await second.hub.room(code, told=True)
        assert room.board.round.voters == 3
        with pytest.raises(act.UnreadableError):
            await room.retelling.replay()
