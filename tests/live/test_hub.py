import asyncio
import time

import pytest

from server.domain.refusals import Code, Refused
from server.live import connection
from server.live import hub as hub_module
from support.store import stores
from support.wait import PATIENCE, eventually
from support.worker import worker


async def test_many_who_come_at_once_open_one_room(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        rooms = await asyncio.gather(*(server.hub.room(code) for _ in range(30)))
        assert len(set(map(id, rooms))) == 1
        assert server.hub.rooms[code] is rooms[0]


async def test_one_who_leaves_while_a_room_opens_does_not_stop_it_for_others(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        impatient = asyncio.create_task(server.hub.room(code))
        patient = asyncio.create_task(server.hub.room(code))
        await asyncio.sleep(0)
        impatient.cancel()
        assert (await patient).code == code


async def test_a_board_that_is_not_there_leaves_nothing_behind(embedded):
    async with worker(embedded) as server:
        before = asyncio.all_tasks()
        for _ in range(3):
            with pytest.raises(Refused) as caught:
                await server.hub.room("ZZZZZZ")
            assert caught.value.code is Code.NO_SUCH_BOARD
        assert "ZZZZZZ" not in server.hub.rooms
        await eventually(lambda: asyncio.all_tasks() <= before)


async def test_a_board_that_a_store_without_its_data_gets_again_is_never_called_gone(tmp_path):
    """As the board of a fresh server does, once a process follows the store again."""
    with stores(tmp_path) as start:
        await _lose_and_follow_again(start())


async def _lose_and_follow_again(store):
    async with worker(store) as server:
        code, key = await server.board()
        entries = [entry for _, _, entry in (await server.hub.log.read(code, 0)).entries]
        lost, asked, may = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def make_again():
            if lost.is_set():
                asked.set()
                await may.wait()
                await server.hub.log.create(code, entries)

        server.hub.on_connected.append((code, make_again))
        host = await server.host(code, key)
        lost.set()
        store.kill()
        (store.folder / "appendonlydir").rename(store.folder / "lost")
        store.start()
        await asyncio.wait_for(asked.wait(), PATIENCE)
        assert (await host.ask("set_board", title="Anew"))["code"] == Code.STORE_AWAY
        assert not await server.hub.rooms[code].replica.caught_up()
        assert (await server.api("/api/boards/ZZZZZZ"))[0] == 503
        may.set()
        await eventually(lambda: server.hub.store.present)
        await host.done("set_board", title="Anew")
        assert (await server.api("/api/boards/ZZZZZZ"))[0] == 404


async def test_a_room_without_people_is_closed_and_opens_again(embedded, monkeypatch):
    monkeypatch.setattr(hub_module, "TICK", 0.02)
    monkeypatch.setattr(hub_module, "EMPTY", 0.1)
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        empty = await server.hub.room(code)
        other, _ = await server.board()
        left = await server.hub.room(other)
        await eventually(lambda: other not in server.hub.rooms)
        assert server.hub.rooms[code] is empty
        again = await server.hub.room(other)
        assert again is not left
        await host.done("set_board", title="Still here")
        page = await server.page(other)
        await page.done("rename", name="Ann")
        assert server.hub.rooms[other]._membership.clients


async def test_anyone_who_opens_board_after_board_fills_no_memory(embedded, monkeypatch):
    monkeypatch.setattr(hub_module, "TICK", 0.02)
    monkeypatch.setattr(hub_module, "MOST_EMPTY", 3)
    async with worker(embedded, own=True) as server:
        codes = [(await server.board())[0] for _ in range(8)]
        watched = await server.page(codes[0])
        for code in codes:
            await server.hub.room(code)
        await eventually(lambda: len(server.hub.rooms) == 4)
        assert codes[0] in server.hub.rooms
        await watched.done("rename", name="Ann")
        assert (await server.fetch(f"/b/{codes[1]}")).code == 200


async def test_of_large_boards_without_people_the_newest_is_kept(embedded, monkeypatch):
    monkeypatch.setattr(hub_module, "TICK", 0.02)
    async with worker(embedded, own=True) as server:
        codes = [(await server.board())[0] for _ in range(4)]
        rooms = [await server.hub.room(code) for code in codes]
        monkeypatch.setattr(hub_module, "MOST_EMPTY_BYTES", sum(r.board.size for r in rooms[2:]))
        await eventually(lambda: list(server.hub.rooms) == codes[2:])
        monkeypatch.setattr(hub_module, "MOST_EMPTY_BYTES", 1)
        await eventually(lambda: list(server.hub.rooms) == codes[3:])


async def test_a_board_that_expired_sends_its_people_away(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.page(code)
        for name in ("log", "meta"):
            await server.hub.store.nodes[0].client.delete(f"sv:{{{code}}}:{name}")
        server.hub.rooms[code].catch_up()
        assert (await page.closed())[0] == 4004
        await eventually(lambda: code not in server.hub.rooms)


OF_TOMORROW = b'{"rules":99,"by":"ann","action":{"type":"rename","name":"Ann"}}'


async def test_a_board_of_a_newer_version_is_withheld_in_words_until_it_can_be_read(
    embedded, caplog, monkeypatch
):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, other = await server.host(code, key), await server.page((await server.board())[0])
        server.hub.log.append(code, OF_TOMORROW, lambda _: None)
        closed, reason = await host.closed()
        assert (closed, reason) == (1012, hub_module.UNREADABLE)
        await eventually(lambda: code not in server.hub.rooms)
        for _ in range(3):
            status, answer = await server.api(f"/api/boards/{code}")
            assert (status, answer["error"]["code"]) == (503, "going_away")
            assert answer["error"]["message"] == hub_module.UNREADABLE
            assert (await server.fetch(f"/b/{code}")).code == 503
            line = await server.connect(code)
            await line.receive("goodbye")
            assert (await line.closed())[0] == 1012
        said = [record for record in caplog.records if "withheld" in record.getMessage()]
        assert len(said) == 1
        assert "position 2: it follows rules 99" in said[0].getMessage()
        assert not [record for record in caplog.records if record.exc_info]
        await eventually(lambda: server.hub.ready)
        await other.done("rename", name="Ben")

        monkeypatch.setattr("server.domain.actions.RULES", 99)
        monkeypatch.setattr(hub_module, "WITHHELD", 0)
        server.hub._withheld[code] = 0
        assert (await server.api(f"/api/boards/{code}"))[0] == 200
        assert code not in server.hub._withheld


async def test_who_waits_for_an_answer_is_not_left_waiting_when_a_board_is_withheld(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        room = await server.hub.room(code)
        before = room.board.seq
        asked = {"type": "set_board", "id": "a", "title": "New"}
        server.hub.log.append(code, OF_TOMORROW, lambda _: None)
        status, answer = await server.api(
            f"/api/boards/{code}/actions", asked, headers={"Authorization": f"Bearer {key}"}
        )
        assert (status, answer["error"]["code"]) == (503, "going_away")
        assert room.board.seq == before
        assert not room._submissions.open


async def test_draining_answers_what_was_taken_before_it_says_goodbye(embedded):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="single")
        pages = [await server.page(code) for _ in range(5)]
        room = server.hub.rooms[code]
        for n, page in enumerate(pages):
            vote = {"type": "vote", "id": f"{n}", "round": 1, "ballot": {"choice": "flask"}}
            await page.send(vote)
        await eventually(lambda: room._submissions.open or room.board.round.voters)
        await server.hub.drain(5)
        for page in pages:
            assert (await page.closed())[0] == 1012
            kinds = [frame["type"] for frame in page.frames]
            assert "ack" in kinds or any(f["code"] == "going_away" for f in page.of("refused"))
            assert kinds[-1] == "goodbye"
        acked = sum(bool(page.of("ack")) for page in pages)
        assert room.board.round.voters == acked
        assert not server.hub.ready


async def test_two_workers_hold_the_same_board_and_people(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host = await one.host(code, key)
        here, there = await one.page(code, name="Ann"), await two.page(code, name="Ben")
        await host.done(
            "open_round", method="approval", settings={"visibility": "live", "names": "open"}
        )
        await there.receive("round")
        await asyncio.gather(
            here.done("vote", round=1, ballot={"approve": ["flask"]}),
            there.done("vote", round=1, ballot={"approve": ["flask", "django"]}),
        )
        for page in (here, there, host):
            tally = await page.receive("tally", lambda f: f["tally"]["voters"] == 2)
            assert tally["tally"]["result"]["totals"] == {"django": 1, "flask": 2, "tornado": 0}
            await page.receive("people", lambda f: f["people"]["here"] >= 2)


@pytest.mark.slow
async def test_who_waited_while_this_process_stood_still_is_not_cut_off(embedded, monkeypatch):
    """A machine that sleeps, or a process that is stopped, hears no one: that is not their fault."""
    monkeypatch.setattr(hub_module, "TICK", 0.02)
    monkeypatch.setattr(hub_module, "LATE", 0.1)
    monkeypatch.setattr(connection, "QUIET", 0.5)
    monkeypatch.setattr(connection, "DEAD", 1.0)
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        await host.done("open_round", method="single")
        ballot = {"choice": "flask"}
        answer = asyncio.create_task(ann.ask("vote", round=1, ballot=ballot))
        await asyncio.sleep(0)
        time.sleep(1.5)  # noqa: ASYNC251 - the whole process stands still.
        assert (await answer)["type"] == "ack"
        # And everybody is judged again by what has come since.
        heard = [client.connection.heard_at for client in server.hub.clients]
        await eventually(
            lambda: all(client.connection.heard_at > max(heard) for client in server.hub.clients)
        )
        assert await host.ask("lock_round", round=1)
        assert len(server.hub.clients) == 2


@pytest.mark.slow
async def test_messages_that_never_end_are_bounded_together(embedded, monkeypatch):
    monkeypatch.setattr(hub_module, "TICK", 0.02)
    monkeypatch.setattr(hub_module, "UNFINISHED_BYTES", 50_000)
    async with worker(embedded, own=True) as server:
        code, _ = await server.board()
        ann, *others = [await server.page(code) for _ in range(5)]
        beginning = b"\x81\xfe" + (16_000).to_bytes(2, "big") + bytes(4) + b" " * 15_000
        for each in others:
            each.socket.transport.write(beginning)
        (first,) = await eventually(lambda: [each for each in others if each.socket.close_code])
        assert (await first.closed())[0] == 4008
        assert sum(client.connection.unfinished for client in server.hub.clients) <= 50_000
        await ann.done("rename", name="Ann")
