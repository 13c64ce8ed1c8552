"""Measure how long one board keeps another waiting: `make bench-stalls`, or
`python -m bench.stalls --help`.

One worker serves two boards. On the one a person sends a ping as soon as the last was answered;
on the other happens the most that its owner can ask for within the limits. What is told is the
longest that a ping took, of several tries. A ping that takes longer than in a quiet moment was
kept waiting by a step of the loop that long. On a machine that others use, too, it may also have
waited for those; the longest step in CPU time has not.
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

from bench import filling, machine
from bench.measuring import Measured, Scenario, parser, produce
from bench.results import STALLS, Measure
from bench.stackvote import Stackvote, running
from server.domain import actions as act
from server.domain.criteria import MAX_CRITERIA, Criterion
from server.domain.limits import MAX_OPTIONS
from server.domain.options import Option
from server.domain.rules import Names, RoundSettings, Visibility

HEAVY, QUIET = "STALL2", "QUIET2"
TRIES = 3
IDS = [f"option-{n}" for n in range(MAX_OPTIONS)]
WEIGHTS = (1.0, 5e-324, 100.0, 0.1, 33.333333333333336)
CRITERIA = tuple(
    Criterion(id=f"c{n}", name=f"Criterion {n}", weight=WEIGHTS[n % len(WEIGHTS)])
    for n in range(MAX_CRITERIA)
)
DICE = random.Random(1)
ROWS = [{c.id: DICE.randint(0, 5) for c in CRITERIA} for _ in range(500)]

Work = Callable[[Stackvote], None]


class Heavy(NamedTuple):
    """A board, and what happens on it."""

    title: str
    entries: Callable[[], list[bytes]]
    """Behind its creation."""
    work: Work
    before: Work = lambda _: None
    """What is done beforehand, and not measured."""


def _opened(method: str, **settings: Any) -> bytes:
    return act.encode(
        act.Entry(
            rules=act.RULES,
            action=act.OpenRound(method=method, settings=RoundSettings(**settings)),
        )
    )


def _ballot(method: str) -> dict[str, Any]:
    if method == "ranked":
        return {"ranking": [[option] for option in DICE.sample(IDS, MAX_OPTIONS)]}
    if method == "score":
        return {"scores": dict.fromkeys(IDS, 3)}
    return {"scores": {option: DICE.choice(ROWS) for option in IDS}}


def _voted(method: str, voters: int, n: int = 1, **settings: Any) -> list[bytes]:
    votes = (act.Vote(round=n, ballot=_ballot(method)) for _ in range(voters))
    cast = [filling.entry_of(person, vote) for person, vote in enumerate(votes)]
    return [_opened(method, **settings), *cast]


def _revealed(n: int) -> bytes:
    return act.encode(act.Entry(rules=act.RULES, action=act.RevealRound(round=n)))


def _rounds() -> list[bytes]:
    return [
        entry
        for n in range(1, 101)
        for entry in (*_voted("ranked", 40, n, names=Names.OPEN), _revealed(n))
    ]


def _talk() -> list[bytes]:
    said = []
    for n in range(10_000):
        comment = act.Comment(
            comment=f"comment-{n}",
            option=IDS[n % MAX_OPTIONS],
            kind=act.Kind.PRO,
            text="`code` https://example.org/ and words. " * 5,
            parent=None if n < 5_000 else f"comment-{n - 5_000}",
        )
        said.append(filling.entry_of(n % 300, comment))
    return said


def _api(path: str = "") -> Work:
    def work(server: Stackvote) -> None:
        server.call("GET", f"/api/boards/{HEAVY}{path}")

    return work


def _page(server: Stackvote) -> None:
    server.call("GET", f"/b/{HEAVY}")


def _since(server: Stackvote) -> None:
    """Come back after all that was said."""
    now = server.call("GET", f"/api/boards/{HEAVY}")

    async def come_back() -> None:
        for _ in range(5):
            async with _live(server, HEAVY) as line:
                since = {"epoch": now["epoch"], "seq": 2}
                await line.send(json.dumps({"type": "hello", "view": "screen", "since": since}))
                await line.recv()

    asyncio.run(come_back())


def _votes(method: str) -> Work:
    """Vote while some watch."""

    async def vote(server: Stackvote) -> None:
        watching = [await _live(server, HEAVY) for _ in range(10)]
        for line in watching:
            await line.send(json.dumps({"type": "hello", "view": "screen"}))
        reading = [asyncio.create_task(_read(line)) for line in watching]
        cookie = _cookie(server)
        async with _live(server, HEAVY, cookie) as line:
            await line.send(json.dumps({"type": "hello", "view": "ballot"}))
            for n in range(40):
                ballot = _ballot(method)
                said = {"type": "vote", "id": f"{n}", "round": 1, "ballot": ballot}
                await line.send(json.dumps(said))
                while json.loads(await line.recv())["type"] != "ack":
                    pass
        for line in watching:
            await line.close()
        await asyncio.gather(*reading)

    return lambda server: asyncio.run(vote(server))


def _cookie(server: Stackvote) -> str:
    with tempfile.TemporaryDirectory() as folder:
        server.write_cookies(filling.board(HEAVY), 1, Path(folder) / "cookie")
        return (Path(folder) / "cookie").read_text().strip()


def _teams(server: Stackvote) -> None:
    for n in range(1_000):
        server.call("GET", f"/api/boards/TEAM{n}")


def _live(server: Stackvote, code: str, cookie: str = "") -> connect:
    return connect(
        f"ws://127.0.0.1:{server.port}/b/{code}/live",
        subprotocols=[Subprotocol(filling.board().protocol)],
        additional_headers={"Cookie": cookie} if cookie else None,
        compression=None,
        max_size=None,
        proxy=None,
    )


HEAVIES = {
    "nothing": Heavy("Nothing happens", list, lambda _: time.sleep(3)),
    "matrix": Heavy(
        "13,650 ballots of 50 options by 20 criteria are read",
        partial(_voted, "matrix", 13_650, visibility=Visibility.LIVE),
        _api(),
    ),
    "matrix-votes": Heavy(
        "People vote by 20 criteria on 50 options, seen live",
        partial(_voted, "matrix", 1_000, visibility=Visibility.LIVE),
        _votes("matrix"),
        _api(),
    ),
    "ranked": Heavy(
        "3,000 rankings of 50 options are read",
        partial(_voted, "ranked", 3_000, visibility=Visibility.LIVE),
        _api(),
    ),
    "ranked-votes": Heavy(
        "People rank 50 options, seen live, after 3,000 others",
        partial(_voted, "ranked", 3_000, visibility=Visibility.LIVE),
        _votes("ranked"),
        _api(),
    ),
    "ties": Heavy(
        "People score 50 options alike, seen live: each run-off is tried",
        partial(_voted, "score", 3_000, visibility=Visibility.LIVE),
        _votes("score"),
        _api(),
    ),
    "outliers": Heavy(
        "500 open ballots by 20 criteria on 50 options are compared",
        lambda: [*_voted("matrix", 500, names=Names.OPEN), _revealed(1)],
        _api(),
    ),
    "rounds": Heavy("100 rounds of rankings are shown side by side", _rounds, _api("/rounds")),
    "talk": Heavy("10,000 comments are read", _talk, _api()),
    "page": Heavy("The page of a board with 10,000 comments", _talk, _page, _api()),
    "since": Heavy("Somebody comes back after 10,000 comments", _talk, _since, _api()),
    "boards": Heavy("1,000 boards are opened one after the other", list, _teams),
}


def stall(folder: Path, name: str, tries: int) -> Measured:
    """Measure what a ping takes while something happens on another board."""
    heavy = HEAVIES[name]
    entries = heavy.entries()
    worst, took, steps = [], [], []
    for n in range(tries):
        data = f"{name}-{n}"
        boards = [(HEAVY, entries), (QUIET, [])]
        if name == "boards":
            boards += [(f"TEAM{n}", filling.votes(15, 15).entries) for n in range(1_000)]
        filling.fill(folder / data, boards, _opening)
        with running(folder, data, machine.cores(), steps=folder / "steps") as server:
            heavy.before(server)
            _longest_step(folder, server)
            ours, theirs = multiprocessing.Pipe()
            pinging = multiprocessing.get_context("spawn").Process(
                target=_ping, args=(server.port, theirs)
            )
            pinging.start()
            ours.recv()
            began = time.monotonic()
            heavy.work(server)
            took.append(1000 * (time.monotonic() - began))
            ours.send(None)
            worst.append(1000 * ours.recv())
            pinging.join()
            steps.append(1000 * _longest_step(folder, server))
    return Measured(
        [
            Measure("the longest step of the loop, CPU", "ms", steps),
            Measure("the longest a ping took", "ms", worst),
            Measure("all of it", "ms", took),
        ]
    )


def _longest_step(folder: Path, server: Stackvote) -> float:
    """Return the seconds of the longest step since this was asked last."""
    (worker,) = server.pids
    told = folder / f"steps.{worker}"
    told.unlink(missing_ok=True)
    os.kill(worker, signal.SIGUSR2)
    while not told.exists():
        time.sleep(0.01)
    step = json.loads(told.read_text())
    print(f"    {1000 * step['seconds']:.1f} ms: {step['what'][:200]}", file=sys.stderr)
    return float(step["seconds"])


def _opening(code: str) -> list[bytes]:
    options = tuple(Option(id=id_, name=f"The option of the name {id_}") for id_ in IDS)
    create = act.Create(
        code=code, title="Which?", options=options, criteria=CRITERIA, host="0" * 64
    )
    first = [act.encode(act.Entry(action=create))]
    return first if code == HEAVY else filling.opening(code)


def _ping(port: int, parent: Connection) -> None:
    """Ping until told to stop; tell the longest that one took, in seconds."""

    async def keep() -> float:
        async with connect(
            f"ws://127.0.0.1:{port}/b/{QUIET}/live",
            subprotocols=[Subprotocol(filling.board().protocol)],
            ping_interval=None,
            proxy=None,
        ) as line:
            await line.send(json.dumps({"type": "hello", "view": "screen"}))
            reading = asyncio.create_task(_read(line))
            await (await line.ping())
            parent.send(None)
            worst = 0.0
            while not parent.poll():
                began = time.monotonic()
                await (await line.ping())
                worst = max(worst, time.monotonic() - began)
                await asyncio.sleep(0.001)
            reading.cancel()
            return worst

    parent.send(asyncio.run(keep()))


async def _read(line: ClientConnection) -> None:
    async for _ in line:
        pass


def main() -> int:
    given = parser("bench.stalls", __doc__, list(HEAVIES)).parse_args()
    names: Sequence[str] = given.only or list(HEAVIES)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        for name in names:
            tries = 1 if given.quick else TRIES
            yield Scenario(name, HEAVIES[name].title, partial(stall, folder, name, tries))

    return produce(STALLS, scenarios, given)


if __name__ == "__main__":
    sys.exit(main())
