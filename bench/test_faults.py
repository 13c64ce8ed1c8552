"""A small server that breaks one promise at a time: the generator has to notice each.

Run with `python -m pytest bench`.
"""

import asyncio
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from bench import machine
from bench.generator import Board, FailedError, Generator, Run

OPTIONS = ("one", "two", "three")
PEOPLE, CROWD = 5, 40
TURN = 20
"""The vote at which a server goes wrong."""


class Faulty:
    """Does the job of a voting board, all but one thing."""

    store_pid: int | None = None

    def __init__(self, fault: str) -> None:
        self.pids = (os.getpid(),)
        self.port = 0
        self._fault = fault
        self._seq = 0
        self._came = 0
        self._people: list[ServerConnection] = []
        self._ballots: dict[ServerConnection, list[str]] = {}

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        async with serve(
            self._meet,
            "127.0.0.1",
            0,
            subprotocols=[Subprotocol("stackvote.v1")],
            compression=None,
            process_request=self._open_door,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            ready()
            await stop.wait()

    def _open_door(self, person: ServerConnection, _: Request) -> Response | None:
        self._came += 1
        full = self._fault == "closed door" and self._came > CROWD // 2
        return person.respond(503, "Full.") if full else None

    async def _meet(self, person: ServerConnection) -> None:
        await person.recv()
        if self._fault == "no welcome" and len(self._people) > CROWD // 2:
            await person.wait_closed()
            return
        self._people.append(person)
        await _say(person, {"type": "welcome", "seq": self._seq})
        async for message in person:
            await self._count(person, json.loads(message))

    async def _count(self, person: ServerConnection, vote: dict[str, Any]) -> None:
        self._seq += 1
        fault = self._fault if self._seq == TURN else ""
        self._ballots[person] = vote["ballot"]["approve"]
        seq = self._seq - (fault == "position twice")
        ack = {"type": "ack", "id": "v999" if fault == "foreign answer" else vote["id"], "seq": seq}
        if fault == "refusal":
            ack = {"type": "refused", "id": vote["id"], "code": "too_many", "message": "No."}
        if fault == "hang-up":
            await person.close(1012, "Restart.")
            return
        for _ in range({"lost answer": 0, "two answers": 2}.get(fault, 1)):
            await _say(person, ack)
        for watcher in self._people:
            if self._fault == "lost tally" and self._seq >= TURN and watcher is self._people[-1]:
                continue
            await self._show(watcher, fault)

    async def _show(self, watcher: ServerConnection, fault: str) -> None:
        totals = {id_: sum(id_ in b for b in self._ballots.values()) for id_ in OPTIONS}
        if self._fault == "miscount":
            totals["two"] += 1
        tally = {"round": 1, "voters": len(self._ballots), "result": {"totals": totals}}
        seq = self._seq - 2 * (fault == "step back")
        frame = json.dumps({"type": "tally", "seq": seq, "tally": tally})
        if fault == "fragments":
            await watcher.send([frame[:9], frame[9:]])
        else:
            await watcher.send(frame.encode() if fault == "binary" else frame)
        if fault == "new welcome":
            await _say(watcher, {"type": "welcome", "seq": seq})


async def _say(person: ServerConnection, message: dict[str, Any]) -> None:
    await person.send(json.dumps(message))


@contextmanager
def serving(fault: str) -> Iterator[Faulty]:
    server, ready = Faulty(fault), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(ready.set, stop),))
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return Generator(tmp_path_factory.mktemp("bench"), machine.cores())


@pytest.fixture
def vote(generator: Generator, tmp_path: Path) -> Callable[[Faulty], int]:
    cookies = tmp_path / "cookies"
    cookies.write_text("browser=x\n" * PEOPLE)
    board = Board("/b/BENCH2/live", OPTIONS, 1)

    def vote(server: Faulty) -> int:
        run = generator.run(
            server, board, cookies, clients=PEOPLE, voters=PEOPLE, rate=200, warm=0.1, seconds=0.2
        )
        return sum(window.acks for window in run.windows)

    return vote


def test_an_honest_server_passes(vote: Callable[[Faulty], int]) -> None:
    with serving("none") as server:
        if vote(server) < TURN:
            pytest.fail("hardly anybody voted")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("lost answer", "1 of .* votes were never answered"),
        ("two answers", "was answered twice"),
        ("foreign answer", "a vote that it never sent"),
        ("position twice", "was given to two votes|in another order"),
        ("refusal", "a vote was refused"),
        ("step back", "was told of position"),
        ("miscount", "is not what was voted"),
        ("lost tally", "not everybody got a tally"),
        ("fragments", "a frame is fragmented"),
        ("binary", "a frame that is no text"),
        ("new welcome", "was welcomed anew"),
        ("hang-up", "was closed: Restart"),
    ],
)
def test_a_broken_promise_is_noticed(vote: Callable[[Faulty], int], fault: str, words: str) -> None:
    with serving(fault) as server, pytest.raises(FailedError, match=words):
        vote(server)


@pytest.fixture
def rush(generator: Generator, tmp_path: Path) -> Callable[[Faulty], Run]:
    cookies = tmp_path / "cookies"
    cookies.write_text("browser=x\n" * (PEOPLE + CROWD))
    board = Board("/b/BENCH2/live", OPTIONS, 1)
    plan = {"clients": PEOPLE + CROWD, "crowd": CROWD, "voters": PEOPLE, "rate": 200}

    def rush(server: Faulty) -> Run:
        return generator.run(server, board, cookies, windows=2, warm=0.1, seconds=0.3, **plan)

    return rush


def test_a_crowd_comes_while_others_vote(rush: Callable[[Faulty], Run]) -> None:
    with serving("none") as server:
        run = rush(server)
    waits = run.welcome
    if not 0 < waits["p50"] <= waits["max"] or run.windows[0].frames < CROWD:
        pytest.fail(f"the crowd was not seen: {run}")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("closed door", "no handshake, but: HTTP/1.1 503"),
        ("no welcome", "of a crowd were not welcomed"),
        ("miscount", "is not what was voted"),
    ],
)
def test_nobody_of_a_crowd_may_be_left_out(
    rush: Callable[[Faulty], Run], fault: str, words: str
) -> None:
    with serving(fault) as server, pytest.raises(FailedError, match=words):
        rush(server)


def test_ballots_from_before_are_counted(generator: Generator, tmp_path: Path) -> None:
    cookies = tmp_path / "cookies"
    cookies.write_text("browser=x\n" * PEOPLE)
    board = Board("/b/BENCH2/live", OPTIONS, 1)
    with serving("none") as server, pytest.raises(FailedError, match="is not what was voted"):
        generator.run(
            server, board, cookies, clients=PEOPLE, voters=PEOPLE, rate=200, before="7,1,2,3"
        )
