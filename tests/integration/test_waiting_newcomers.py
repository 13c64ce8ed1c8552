"""The door of a board: newcomers who wait, who is let in, and what its hosts are told."""

import asyncio
import json

import pytest

from server.live import views
from server.store import arrivals
from support.wait import eventually
from support.worker import worker

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(arrivals, "GATHER", 0.01)
    monkeypatch.setattr(arrivals, "LOOK", 0.05)


def door_of(host):
    return host.of("door")[-1]["door"]


async def console(server, code, key):
    """Open the host's console, which is told of the door."""
    page = await server.connect(
        f"{code}", cookie=await server.cookie(code), key=key, asks="?door=1"
    )
    page.welcome = await page.hello("host")
    await page.receive("door")
    return page


async def close_door(host):
    await host.done("set_board", settings={"entry": "admitted"})


async def test_who_is_here_stays_and_newcomers_wait_until_they_are_let_in(embedded):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, key = await server.board()
        host, ann = await console(server, code, key), await server.page(code)
        await eventually(lambda: host.of("people") and host.of("people")[-1]["people"]["here"] == 1)
        far = await other.page(code)
        await host.receive("people", lambda f: f["people"]["here"] == 2)
        await host.done("open_round", method="approval")
        await close_door(host)
        for page in (ann, far):
            await page.receive("board", lambda f: f["board"]["settings"]["entry"] == "admitted")
            await page.done("vote", round=1, ballot={"approve": ["flask"]})
            assert "waits" not in page.welcome["you"]
        # On either process someone new waits, is told so, and cannot vote.
        for process, name in ((server, "Eve"), (other, "Eva")):
            new = await process.page(code, name=name)
            assert new.welcome["you"]["waits"] is True
            assert (new.welcome["you"]["role"], new.welcome["you"]["votes"]) == ("observer", False)
            for asked in (
                {"type_": "vote", "round": 1, "ballot": {"approve": []}},
                {"type_": "observe", "on": True},
                {"type_": "comment", "option": "flask", "kind": "pro", "text": "x", "comment": "c"},
            ):
                refused = await new.ask(**asked)
                assert refused["code"] == "not_allowed"
                assert "until the host lets you in" in refused["message"]
            await host.receive(
                "door", lambda f, name=name: name in [w["name"] for w in f["door"]["waiting"]]
            )
            # They are in no count and no list but that of who waits.
            people = (await host.receive("people", lambda f: f["people"].get("waiting")))["people"]
            assert people["here"] == 2
            assert name not in [person["name"] for person in people["names"]]
            (newcomer,) = door_of(host)["waiting"]
            assert newcomer["id"] != new.welcome["you"]["seat"]
            seen = len(new.frames)
            await host.done("admit", who=[newcomer["id"]])
            again = await new.receive("welcome", after=seen)
            assert again["you"]["votes"] is True
            assert "waits" not in again["you"]
            await new.done("vote", round=1, ballot={"approve": ["flask"]})
            await host.receive("door", lambda f: not f["door"]["waiting"])
            # Who has been let in by one process is in everywhere, and the next time.
            back = await other.page(code, cookie=new.cookie)
            assert back.welcome["you"]["votes"] is True
            await new.socket.close()
            await back.socket.close()
            await host.receive("people", lambda f: f["people"]["here"] == 2, after=len(host.frames))
        assert (await ann.ask("admit"))["message"] == "Only the host can do this."


async def test_all_who_wait_are_let_in_at_once(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "admitted"})
        host = await console(server, code, key)
        waiting = [await server.page(code) for _ in range(20)]
        await host.receive("people", lambda f: f["people"].get("waiting") == 20)
        seen = [len(page.frames) for page in waiting]
        await host.done("admit")
        for page, after in zip(waiting, seen, strict=True):
            assert (await page.receive("welcome", after=after))["you"]["votes"] is True
        await host.receive("people", lambda f: f["people"]["here"] == 20)
        refused = await host.ask("admit")
        assert (refused["code"], refused["message"]) == (
            "not_allowed",
            "No one is waiting to be let in any more.",
        )
        status, told = await server.api(f"/api/boards/{code}/history")
        assert status == 200
        assert told["history"][-1]["what"] == "let in 20 newcomers"


async def test_a_host_may_let_in_over_http_and_say_so_twice(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "admitted"})
        host, eve = await console(server, code, key), await server.page(code)
        await host.receive("door", lambda f: f["door"]["waiting"])
        message = {"type": "admit", "id": "again"}
        right = {"Authorization": f"Bearer {key}"}
        first = await server.api(f"/api/boards/{code}/actions", message, headers=right)
        assert first[0] == 200
        await eve.receive("welcome", lambda f: f["you"]["votes"])
        await host.receive("people", lambda f: f["people"]["here"] == 1)
        assert await server.api(f"/api/boards/{code}/actions", message, headers=right) == first


async def test_a_ballot_that_is_in_lets_its_seat_back_in(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await console(server, code, key), await server.page(code)
        await host.done("open_round", method="approval")
        await ann.done("vote", round=1, ballot={"approve": ["flask"]})
        await ann.socket.close()
        await host.receive("people", lambda f: f["people"]["here"] == 0)
        await close_door(host)
        ann = await server.page(code, cookie=ann.cookie)
        await ann.done("vote", round=1, ballot={"approve": ["django"]})
        # The door opens again while the round is on, and no one has lost or won a ballot.
        eve = await server.page(code)
        assert eve.welcome["you"]["waits"] is True
        seen = len(eve.frames)
        await host.done("set_board", settings={"entry": "open"})
        assert (await eve.receive("welcome", after=seen))["you"]["votes"] is True
        refused = await host.ask("set_board", settings={"entry": "invited"})
        assert refused["code"] == "round_open"


async def test_programs_wait_like_everyone(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "admitted"})
        host = await console(server, code, key)
        await host.done("open_round", method="approval")
        cookie = {"Cookie": await server.cookie(code)}
        vote = {"type": "vote", "id": "v", "round": 1, "ballot": {"approve": []}}
        status, told = await server.api(f"/api/boards/{code}/actions", vote, headers=cookie)
        assert (status, told["error"]["code"]) == (403, "not_allowed")
        page = await server.fetch(f"/b/{code}", headers=cookie)
        assert "The host lets people in one by one" in page.body.decode()
        # A host need not wait, on whatever page.
        ballot = await server.page(code, key=key)
        await ballot.done("vote", round=1, ballot={"approve": []})


async def test_hosts_see_how_many_come_and_from_how_many_networks(embedded):
    async with (
        worker(embedded, own=True, proxy_headers=True) as server,
        worker(embedded, own=True) as other,
    ):
        code, key = await server.board()
        host = await console(server, code, key)
        for n in range(views.CROWD - 1):
            cookie = await server.cookie(code)
            headers = {"X-Forwarded-For": f"192.0.2.{n % 3}"}
            line = await server.connect(code, cookie=cookie, headers=headers)
            await line.hello("ballot")
            # A second tab, and coming back, is no one new.
            if n % 10 == 0:
                again = await other.connect(code, cookie=cookie)
                await again.hello("ballot")
        count = views.CROWD - 1
        told = await host.receive(
            "door", lambda f: sum(m["seats"] for m in f["door"]["arrivals"]) == count
        )
        assert told["door"]["crowd"] is None
        assert 3 <= sum(minute["networks"] for minute in told["door"]["arrivals"]) <= 6
        assert all(minute["at"] % 60_000 == 0 for minute in told["door"]["arrivals"])
        # One more, by a program through another process: that makes it a crowd.
        opening = {"Authorization": f"Bearer {key}"}
        act = {"type": "open_round", "id": "o", "method": "approval"}
        assert (await other.api(f"/api/boards/{code}/actions", act, headers=opening))[0] == 200
        cookie = {"Cookie": await other.cookie(code)}
        vote = {"type": "vote", "id": "v", "round": 1, "ballot": {"approve": []}}
        assert (await other.api(f"/api/boards/{code}/actions", vote, headers=cookie))[0] == 200
        told = await host.receive("door", lambda f: f["door"]["crowd"])
        assert told["door"]["crowd"]["seats"] == views.CROWD


async def test_no_one_but_hosts_is_told_of_the_door(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "admitted"})
        host, screen = await console(server, code, key), await server.page(code, "screen")
        eve = await server.page(code, name="Eve at the door")
        await host.receive("door", lambda f: f["door"]["waiting"])
        await host.done("admit")
        await eve.receive("welcome", lambda f: f["you"]["votes"])
        # Nor does a host who looks at another page of the board.
        other = await server.page(code, "screen", key=key)
        # Nor a client that has not asked to be told.
        plain = await server.host(code, key)
        for page in (screen, eve, other, plain):
            assert not page.of("door")
        assert "Eve at the door" not in json.dumps(screen.frames[:1])
        seats = {eve.welcome["you"]["seat"]}
        assert not any(seat in raw for raw in host.raw for seat in seats)


async def test_a_whole_room_behind_one_address_waits_and_is_let_in(embedded):
    async with worker(embedded, own=True) as server, worker(embedded, own=True) as other:
        code, key = await server.board(settings={"entry": "admitted"})
        host = await console(server, code, key)
        pages = []
        for n in range(0, 200, 20):
            process = (server, other)[n // 20 % 2]
            pages += await asyncio.gather(*(process.page(code) for _ in range(20)))
        await host.receive("people", lambda f: f["people"].get("waiting") == 200)
        assert len(door_of(host)["waiting"]) == 200
        await host.done("admit")
        await host.receive("people", lambda f: f["people"]["here"] == 200)
        await eventually(lambda: all(page.of("welcome")[-1]["you"]["votes"] for page in pages))
