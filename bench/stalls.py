"""Measure how long one board stalls the event loop for another: `make bench-stalls`, or `python -m
bench.stalls --help`.

One worker serves two boards. On the quiet one, a client sends a ping as soon as the previous one is
answered; on the heavy one happens the most that its owner can request within the limits. The result
is the longest round trip of a ping, over several runs. If it is longer than without load, then a
callback of the event loop took that long, or another program kept the core busy. The longest
callback is measured in CPU time, which other programs do not affect.
"""

import asyncio
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench import machine, seeding
from bench.harness import Measured, Scenario, options_parser, run_scenarios
from bench.results import STALLS, Measure
from bench.stackvote import Stackvote, running
from server.domain import actions as act
from server.domain.criteria import MAX_CRITERIA, Criterion
from server.domain.limits import MAX_OPTIONS
from server.domain.options import Option
from server.domain.rules import Names, RoundSettings, Visibility

HEAVY, QUIET = "STALL2", "QUIET2"
RUNS = 3
IDS = [f"option-{n}" for n in range(MAX_OPTIONS)]
WEIGHTS = (1.0, 5e-324, 100.0, 0.1, 33.333333333333336)
CRITERIA = tuple(
    Criterion(id=f"c{n}", name=f"Criterion {n}", weight=WEIGHTS[n % len(WEIGHTS)])
    for n in range(MAX_CRITERIA)
)
RNG = random.Random(1)
SCORE_ROWS = [{c.id: RNG.randint(0, 5) for c in CRITERIA} for _ in range(500)]

Load = Callable[[Stackvote], None]


class HeavyBoard(NamedTuple):
    """A board, and the load on it."""

    title: str
    entries: Callable[[], list[bytes]]
    """The entries after its creation."""
    load: Load
    prepare: Load = lambda _: None
    """Run beforehand, without being measured."""


def _open_round(method: str, **settings: Any) -> bytes:
    return act.encode(
        act.Entry(
            rules=act.RULES,
            action=act.OpenRound(method=method, settings=RoundSettings(**settings)),
        )
    )


def _ballot(method: str) -> dict[str, Any]:
    if method == "ranked":
        return {"ranking": [[option] for option in RNG.sample(IDS, MAX_OPTIONS)]}
    if method == "score":
        return {"scores": dict.fromkeys(IDS, 3)}
    return {"scores": {option: RNG.choice(SCORE_ROWS) for option in IDS}}


def _round_with_votes(method: str, voters: int, n: int = 1, **settings: Any) -> list[bytes]:
    votes = (act.Vote(round=n, ballot=_ballot(method)) for _ in range(voters))
    entries = [seeding.entry_by(voter, vote) for voter, vote in enumerate(votes)]
    return [_open_round(method, **settings), *entries]


def _reveal_round(n: int) -> bytes:
    return act.encode(act.Entry(rules=act.RULES, action=act.RevealRound(round=n)))


def _rounds() -> list[bytes]:
    return [
        entry
        for n in range(1, 101)
        for entry in (*_round_with_votes("ranked", 40, n, names=Names.OPEN), _reveal_round(n))
    ]


def _comments() -> list[bytes]:
    entries = []
    for n in range(10_000):
        comment = act.Comment(
            comment=f"comment-{n}",
            option=IDS[n % MAX_OPTIONS],
            kind=act.Kind.PRO,
            text="`code` https://example.org/ and words. " * 5,
            parent=None if n < 5_000 else f"comment-{n - 5_000}",
        )
        entries.append(seeding.entry_by(n % 300, comment))
    return entries


def _get(path: str = "") -> Load:
    def request(server: Stackvote) -> None:
        server.call("GET", f"/api/boards/{HEAVY}{path}")

    return request


def _get_page(server: Stackvote) -> None:
    server.call("GET", f"/b/{HEAVY}")


def _reconnect(server: Stackvote) -> None:
    """Reconnect from a position near the start of the log."""
    now = server.call("GET", f"/api/boards/{HEAVY}")

    async def reconnect() -> None:
        for _ in range(5):
            async with _live(server, HEAVY) as connection:
                since = {"epoch": now["epoch"], "seq": 2}
                await connection.send(
                    json.dumps({"type": "hello", "view": "screen", "since": since})
                )
                await connection.recv()

    asyncio.run(reconnect())


def _vote_and_watch(method: str) -> Load:
    """Vote while some clients watch."""

    async def vote(server: Stackvote) -> None:
        watchers = [await _live(server, HEAVY) for _ in range(10)]
        for watcher in watchers:
            await watcher.send(json.dumps({"type": "hello", "view": "screen"}))
        readers = [asyncio.create_task(_read(watcher)) for watcher in watchers]
        cookie = _cookie(server)
        async with _live(server, HEAVY, cookie) as connection:
            await connection.send(json.dumps({"type": "hello", "view": "ballot"}))
            for n in range(40):
                ballot = _ballot(method)
                message = {"type": "vote", "id": f"{n}", "round": 1, "ballot": ballot}
                await connection.send(json.dumps(message))
                while json.loads(await connection.recv())["type"] != "ack":
                    pass
        for watcher in watchers:
            await watcher.close()
        await asyncio.gather(*readers)

    return lambda server: asyncio.run(vote(server))


def _cookie(server: Stackvote) -> str:
    with tempfile.TemporaryDirectory() as folder:
        server.write_cookies(seeding.board(HEAVY), 1, Path(folder) / "cookie")
        return (Path(folder) / "cookie").read_text().strip()


def _get_many_boards(server: Stackvote) -> None:
    for n in range(1_000):
        server.call("GET", f"/api/boards/TEAM{n}")


def _live(server: Stackvote, code: str, cookie: str = "") -> connect:
    return connect(
        f"ws://127.0.0.1:{server.port}/b/{code}/live",
        subprotocols=[Subprotocol(seeding.board().protocol)],
        additional_headers={"Cookie": cookie} if cookie else None,
        compression=None,
        max_size=None,
        proxy=None,
    )


HEAVY_BOARDS = {
    "nothing": HeavyBoard("Nothing happens", list, lambda _: time.sleep(3)),
    "matrix": HeavyBoard(
        "13,650 ballots of 50 options by 20 criteria are read",
        partial(_round_with_votes, "matrix", 13_650, visibility=Visibility.LIVE, names=Names.OPEN),
        _get(),
    ),
    "matrix-votes": HeavyBoard(
        "People vote by 20 criteria on 50 options, seen live",
        partial(_round_with_votes, "matrix", 1_000, visibility=Visibility.LIVE, names=Names.OPEN),
        _vote_and_watch("matrix"),
        _get(),
    ),
    "ranked": HeavyBoard(
        "3,000 rankings of 50 options are read",
        partial(_round_with_votes, "ranked", 3_000, visibility=Visibility.LIVE, names=Names.OPEN),
        _get(),
    ),
    "ranked-votes": HeavyBoard(
        "People rank 50 options, seen live, after 3,000 others",
        partial(_round_with_votes, "ranked", 3_000, visibility=Visibility.LIVE, names=Names.OPEN),
        _vote_and_watch("ranked"),
        _get(),
    ),
    "ties": HeavyBoard(
        "People score 50 options alike, seen live: each run-off is tried",
        partial(_round_with_votes, "score", 3_000, visibility=Visibility.LIVE, names=Names.OPEN),
        _vote_and_watch("score"),
        _get(),
    ),
    "outliers": HeavyBoard(
        "500 open ballots by 20 criteria on 50 options are compared",
        lambda: [*_round_with_votes("matrix", 500, names=Names.OPEN), _reveal_round(1)],
        _get(),
    ),
    "rounds": HeavyBoard("100 rounds of rankings are shown side by side", _rounds, _get("/rounds")),
    "talk": HeavyBoard("10,000 comments are read", _comments, _get()),
    "page": HeavyBoard("The page of a board with 10,000 comments", _comments, _get_page, _get()),
    "since": HeavyBoard("A client reconnects after 10,000 comments", _comments, _reconnect, _get()),
    "boards": HeavyBoard("1,000 boards are opened one after the other", list, _get_many_boards),
}


def stall(folder: Path, name: str, runs: int) -> Measured:
    """Measure how long pings take while there is load on another board."""
    heavy = HEAVY_BOARDS[name]
    entries = heavy.entries()
    pings, durations, callbacks = [], [], []
    for n in range(runs):
        data = f"{name}-{n}"
        boards = [(HEAVY, entries), (QUIET, [])]
        if name == "boards":
            boards += [(f"TEAM{n}", seeding.votes(15, 15).entries) for n in range(1_000)]
        seeding.seed(folder / data, boards, _first_entries)
        with running(folder, data, machine.cores(), callback_timing=folder / "callbacks") as server:
            heavy.prepare(server)
            _longest_callback(folder, server)
            ours, theirs = multiprocessing.Pipe()
            pinger = multiprocessing.get_context("spawn").Process(
                target=_ping, args=(server.port, theirs)
            )
            pinger.start()
            ours.recv()
            started_at = time.monotonic()
            heavy.load(server)
            durations.append(1000 * (time.monotonic() - started_at))
            ours.send(None)
            pings.append(1000 * ours.recv())
            pinger.join()
            callbacks.append(1000 * _longest_callback(folder, server))
    return Measured(
        [
            Measure("longest callback of the event loop, CPU", "ms", callbacks),
            Measure("longest ping", "ms", pings),
            Measure("the whole load", "ms", durations),
        ]
    )


def _longest_callback(folder: Path, server: Stackvote) -> float:
    """Return the CPU time of the longest callback since the last call, in seconds."""
    (worker,) = server.pids
    report = folder / f"callbacks.{worker}"
    report.unlink(missing_ok=True)
    os.kill(worker, signal.SIGUSR2)
    while not report.exists():
        time.sleep(0.01)
    callback = json.loads(report.read_text())
    print(
        f"    {1000 * callback['seconds']:.1f} ms: {callback['description'][:200]}", file=sys.stderr
    )
    return float(callback["seconds"])


def _first_entries(code: str) -> list[bytes]:
    options = tuple(Option(id=id_, name=f"The option of the name {id_}") for id_ in IDS)
    create = act.Create(
        code=code, title="Which?", options=options, criteria=CRITERIA, host="0" * 64
    )
    first = [act.encode(act.Entry(action=create))]
    return first if code == HEAVY else seeding.first_entries(code)


def _ping(port: int, parent: Connection) -> None:
    """Ping until told to stop, and send back the longest round trip, in seconds."""

    async def ping() -> float:
        async with connect(
            f"ws://127.0.0.1:{port}/b/{QUIET}/live",
            subprotocols=[Subprotocol(seeding.board().protocol)],
            ping_interval=None,
            proxy=None,
        ) as connection:
            await connection.send(json.dumps({"type": "hello", "view": "screen"}))
            reader = asyncio.create_task(_read(connection))
            await (await connection.ping())
            parent.send(None)
            worst = 0.0
            while not parent.poll():
                started_at = time.monotonic()
                await (await connection.ping())
                worst = max(worst, time.monotonic() - started_at)
                await asyncio.sleep(0.001)
            reader.cancel()
            return worst

    parent.send(asyncio.run(ping()))


async def _read(connection: ClientConnection) -> None:
    async for _ in connection:
        pass


def main() -> int:
    options = options_parser("bench.stalls", __doc__, list(HEAVY_BOARDS)).parse_args()
    names: Sequence[str] = options.only or list(HEAVY_BOARDS)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        for name in names:
            runs = 1 if options.quick else RUNS
            yield Scenario(name, HEAVY_BOARDS[name].title, partial(stall, folder, name, runs))

    return run_scenarios(STALLS, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
