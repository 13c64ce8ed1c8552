import asyncio

import msgspec
import pytest

from server.domain import actions as act
from server.domain.replay import replay_of
from server.domain.timeline import Timeline
from server.store.node import StoreAwayError
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
