"""Whoever asks is answered, whatever becomes of the board, the store or the server meanwhile."""

import asyncio

import pytest
from redis import Redis

from server.domain.refusals import Code, Refused
from server.live.pending import _Submission
from server.web import handler
from support.wait import eventually
from support.worker import worker


def delete(store, code):
    with Redis.from_url(store.url) as client:
        assert client.delete(f"sv:{{{code}}}:log", f"sv:{{{code}}}:meta")


def acting(server, code, key, **message):
    """Begin to ask for something over HTTP, as the host."""
    headers = {"Authorization": f"Bearer {key}"}
    asked = {"type": "set_board", "id": "a", "title": "Next"} | message
    path = f"/api/boards/{code}/actions"
    return asyncio.create_task(server.api(path, asked, headers=headers))


def deafen(room, monkeypatch):
    """Have a room miss what is appended, as where an echo is lost."""
    monkeypatch.setattr(room.replica, "receive", lambda _batch: None)


async def test_a_board_that_vanishes_between_an_append_and_its_echo_is_said(embedded, monkeypatch):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host, room = await server.host(code, key), server.hub.rooms[code]
        deafen(room, monkeypatch)
        by_http = acting(server, code, key)
        await host.send({"type": "set_board", "id": "b", "title": "Last"})
        await eventually(lambda: len(room._submissions.open) == 2)
        await server.hub.log.drained()
        delete(embedded, code)
        room.catch_up()
        status, answer = await by_http
        assert (status, answer["error"]["code"]) == (404, "no_such_board")
        assert (await host.receive("refused"))["code"] == "no_such_board"
        assert (await host.closed())[0] == 4004


async def test_a_fault_in_telling_one_keeps_a_board_that_is_gone_from_no_one_else(
    embedded, monkeypatch, caplog
):
    # The next comparison would end it as well.
    monkeypatch.setattr("server.live.hub.COMPARE", float("inf"))
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host, room = await server.host(code, key), server.hub.rooms[code]
        deafen(room, monkeypatch)
        real, failed = _Submission.on_logged, []

        def fail_once_it_is_gone(submission, logged):
            if room.ended and not failed:
                failed.append(True)
                raise KeyError("of one who waits")
            real(submission, logged)

        monkeypatch.setattr(_Submission, "on_logged", fail_once_it_is_gone)
        await host.send({"type": "set_board", "id": "b", "title": "Last"})
        await eventually(lambda: room._submissions.open)
        by_http = acting(server, code, key)
        await eventually(lambda: len(room._submissions.open) == 2)
        await server.hub.log.drained()
        delete(embedded, code)
        room.catch_up()
        assert (await by_http)[0] == 404
        assert (await host.closed())[0] == 4004
        await eventually(lambda: code not in server.hub.rooms)
        assert "of one who waits" in caplog.text
        caplog.clear()


async def test_what_is_in_doubt_when_its_board_vanishes_is_said(embedded, monkeypatch):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host, room = await server.host(code, key), server.hub.rooms[code]
        may_read = asyncio.Event()
        read = server.hub.log.read

        async def read_later(*args):
            await may_read.wait()
            return await read(*args)

        monkeypatch.setattr(server.hub.log, "read", read_later)
        await host.send({"type": "lock_round", "id": "a", "round": 5})
        await eventually(lambda: room._recheck._waiting)
        by_http = acting(server, code, key)
        delete(embedded, code)
        may_read.set()
        assert (await host.receive("refused"))["code"] == "no_such_board"
        assert (await by_http)[0] == 404
        assert (await host.closed())[0] == 4004


@pytest.mark.parametrize(("gone", "close"), [(True, 4004), (False, 1012)])
async def test_a_hello_to_a_room_that_is_closed_is_answered(embedded, gone, close):
    async with worker(embedded, own=True) as server:
        code, _ = await server.board()
        page = await server.connect(code)
        room = await eventually(lambda: server.hub.rooms.get(code))
        await eventually(lambda: room.visitors)
        if gone:
            delete(embedded, code)
            room.catch_up()
        else:
            server.hub._discard(room)
        await eventually(lambda: room.ended)
        await page.send({"type": "hello", "view": "screen"})
        assert (await page.closed())[0] == close


async def test_what_is_asked_of_a_room_that_is_closed_is_answered(embedded):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host, room = await server.host(code, key), server.hub.rooms[code]
        server.hub._discard(room)
        assert (await host.ask("set_board", title="Next"))["code"] == "going_away"
        # By HTTP it is asked of the room that has taken its place.
        assert (await acting(server, code, key))[0] == 200


async def test_a_server_that_stops_while_its_store_hangs_answers_first(embedded):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        with Redis.from_url(embedded.url) as client:
            client.client_pause(60_000, all=False)
            try:
                by_http = acting(server, code, key)
                await host.send({"type": "set_board", "id": "b", "title": "Last"})
                await eventually(lambda: len(server.hub.rooms[code]._submissions.open) == 2)
                draining = asyncio.create_task(server.hub.drain(0.2))
                status, answer = await by_http
                assert (status, answer["error"]["code"]) == (503, "going_away")
                assert (await host.receive("refused"))["code"] == "going_away"
                assert (await host.closed())[0] == 1012
                await draining
            finally:
                client.client_unpause()


async def test_anyone_who_asks_by_http_is_not_kept_for_ever_and_may_ask_again(
    embedded, monkeypatch
):
    monkeypatch.setattr(handler, "ANSWER_SECONDS", 0.3)
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        with Redis.from_url(embedded.url) as client:
            client.client_pause(60_000, all=False)
            try:
                status, answer = await acting(server, code, key)
                assert (status, answer["error"]["code"]) == (503, "store_away")
            finally:
                client.client_unpause()
        await eventually(lambda: server.hub.rooms[code].board.title == "Next")
        monkeypatch.undo()
        status, answer = await acting(server, code, key)
        assert (status, answer["seq"]) == (200, 2)


async def test_those_who_wait_for_a_board_to_be_read_are_told_when_the_server_ends(
    embedded, monkeypatch
):
    async with worker(embedded) as other, worker(embedded, own=True) as server:
        code, _ = await other.board()
        monkeypatch.setattr(server.hub.log, "read", lambda *_: asyncio.Event().wait())
        waiting = [asyncio.create_task(server.hub.room(code)) for _ in range(3)]
        await eventually(lambda: code in server.hub._opening)
        await server.hub.close()
        for each in waiting:
            with pytest.raises(Refused) as refused:
                await each
            assert refused.value.code is Code.GOING_AWAY


async def test_what_is_begun_with_each_connection_keeps_no_one_off_it(embedded, caplog):
    async with worker(embedded) as _, worker(embedded, own=True) as server:
        ran = []

        async def fail():
            ran.append(True)
            raise KeyError("of a default board")

        server.hub.on_connected.append(("ANY", fail))
        with Redis.from_url(embedded.url) as client:
            client.client_kill_filter(_type="pubsub")
        await eventually(lambda: ran)
        code, key = await server.board()
        assert (await acting(server, code, key))[0] == 200
        await eventually(lambda: server.hub.ready)
        assert "A fault in prepare: KeyError('of a default board')." in caplog.text
        caplog.clear()
