"""A small server that breaks one promise at a time: the load generator must detect each.

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
CLIENTS, BURST = 5, 40
FAULTY_VOTE = 20
"""The vote at which a server breaks its promise."""


class Faulty:
    """A voting board with one fault."""

    store_pid: int | None = None

    def __init__(self, fault: str) -> None:
        self.pids = (os.getpid(),)
        self.port = 0
        self._fault = fault
        self._seq = 0
        self._handshakes = 0
        self._clients: list[ServerConnection] = []
        self._ballots: dict[ServerConnection, list[str]] = {}

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        async with serve(
            self._handle,
            "127.0.0.1",
            0,
            subprotocols=[Subprotocol("stackvote.v1")],
            compression=None,
            process_request=self._handshake,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            ready()
            await stop.wait()

    def _handshake(self, client: ServerConnection, _: Request) -> Response | None:
        self._handshakes += 1
        rejected = self._fault == "rejected handshake" and self._handshakes > BURST // 2
        return client.respond(503, "Full.") if rejected else None

    async def _handle(self, client: ServerConnection) -> None:
        await client.recv()
        if self._fault == "no welcome" and len(self._clients) > BURST // 2:
            await client.wait_closed()
            return
        self._clients.append(client)
        await _send(client, {"type": "welcome", "seq": self._seq})
        async for message in client:
            await self._vote(client, json.loads(message))

    async def _vote(self, client: ServerConnection, vote: dict[str, Any]) -> None:
        self._seq += 1
        fault = self._fault if self._seq == FAULTY_VOTE else ""
        self._ballots[client] = vote["ballot"]["approve"]
        seq = self._seq - (fault == "position twice")
        ack = {"type": "ack", "id": "v999" if fault == "foreign answer" else vote["id"], "seq": seq}
        if fault == "refusal":
            ack = {"type": "refused", "id": vote["id"], "code": "too_many", "message": "No."}
        if fault == "hang-up":
            await client.close(1012, "Restart.")
            return
        for _ in range({"lost answer": 0, "two answers": 2}.get(fault, 1)):
            await _send(client, ack)
        for recipient in self._clients:
            if (
                self._fault == "lost tally"
                and self._seq >= FAULTY_VOTE
                and recipient is self._clients[-1]
            ):
                continue
            await self._send_tally(recipient, fault)

    async def _send_tally(self, recipient: ServerConnection, fault: str) -> None:
        totals = {id_: sum(id_ in b for b in self._ballots.values()) for id_ in OPTIONS}
        if self._fault == "miscount":
            totals["two"] += 1
        tally = {"round": 1, "voters": len(self._ballots), "result": {"totals": totals}}
        seq = self._seq - 2 * (fault == "step back")
        frame = json.dumps({"type": "tally", "seq": seq, "tally": tally})
        if fault == "fragments":
            await recipient.send([frame[:9], frame[9:]])
        else:
            await recipient.send(frame.encode() if fault == "binary" else frame)
        if fault == "new welcome":
            await _send(recipient, {"type": "welcome", "seq": seq})


async def _send(client: ServerConnection, message: dict[str, Any]) -> None:
    await client.send(json.dumps(message))


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
    cookies.write_text("browser=x\n" * CLIENTS)
    board = Board("/b/BENCH2/live", OPTIONS, 1)

    def vote(server: Faulty) -> int:
        run = generator.run(
            server,
            board,
            cookies,
            clients=CLIENTS,
            voters=CLIENTS,
            rate=200,
            warmup=0.1,
            seconds=0.2,
        )
        return sum(window.acks for window in run.windows)

    return vote


def test_an_honest_server_passes(vote: Callable[[Faulty], int]) -> None:
    with serving("none") as server:
        if vote(server) < FAULTY_VOTE:
            pytest.fail("there were hardly any votes")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("lost answer", "1 of .* votes were never answered"),
        ("two answers", "was answered twice"),
        ("foreign answer", "a vote that it never sent"),
        ("position twice", "was given to two votes|out of order"),
        ("refusal", "a vote was refused"),
        ("step back", "received position"),
        ("miscount", "does not match the votes"),
        ("lost tally", "not every client received a tally"),
        ("fragments", "a frame is fragmented"),
        ("binary", "a frame that is not text"),
        ("new welcome", "was welcomed again"),
        ("hang-up", "was closed: Restart"),
    ],
)
def test_a_broken_promise_is_detected(
    vote: Callable[[Faulty], int], fault: str, error: str
) -> None:
    with serving(fault) as server, pytest.raises(FailedError, match=error):
        vote(server)


@pytest.fixture
def burst(generator: Generator, tmp_path: Path) -> Callable[[Faulty], Run]:
    cookies = tmp_path / "cookies"
    cookies.write_text("browser=x\n" * (CLIENTS + BURST))
    board = Board("/b/BENCH2/live", OPTIONS, 1)
    workload = {"clients": CLIENTS + BURST, "burst": BURST, "voters": CLIENTS, "rate": 200}

    def burst(server: Faulty) -> Run:
        return generator.run(server, board, cookies, windows=2, warmup=0.1, seconds=0.3, **workload)

    return burst


def test_a_burst_connects_while_others_vote(burst: Callable[[Faulty], Run]) -> None:
    with serving("none") as server:
        run = burst(server)
    waits = run.welcome
    if not 0 < waits["p50"] <= waits["max"] or run.windows[0].frames < BURST:
        pytest.fail(f"the burst was not measured: {run}")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("rejected handshake", "the handshake failed: HTTP/1.1 503"),
        ("no welcome", "of the burst were not welcomed"),
        ("miscount", "does not match the votes"),
    ],
)
def test_every_client_of_a_burst_must_be_welcomed(
    burst: Callable[[Faulty], Run], fault: str, error: str
) -> None:
    with serving(fault) as server, pytest.raises(FailedError, match=error):
        burst(server)


def test_earlier_ballots_are_counted(generator: Generator, tmp_path: Path) -> None:
    cookies = tmp_path / "cookies"
    cookies.write_text("browser=x\n" * CLIENTS)
    board = Board("/b/BENCH2/live", OPTIONS, 1)
    with serving("none") as server, pytest.raises(FailedError, match="does not match the votes"):
        generator.run(
            server,
            board,
            cookies,
            clients=CLIENTS,
            voters=CLIENTS,
            rate=200,
            earlier_ballots="7,1,2,3",
        )
