"""Measure how cost grows: `make bench-growth`, or `python -m bench.growth --help`."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench import filling, machine
from bench.curves import Curve, Point, draw, figure
from bench.generator import Board, FailedError
from bench.measuring import Bench, Effort, Measured, Scenario, parser, produce
from bench.results import GROWTH, Drawing, Measure
from bench.stackvote import Stackvote, running

VOTERS_HERE = 10
RATE = 1000
"""Votes a second by these ten, however many have voted before them."""
TEAM = 15
"""Votes on each of many boards."""
READERS = 5000
"""People who vote, again and again, on a board that is to be read."""

Figures = dict[str, list[float]]
"""By the name of the curve, empty where there is but one; one a window or a start."""


class Growth(NamedTuple):
    """What is measured of boards of several sizes."""

    title: str
    across: str
    unit: str
    sizes: Sequence[int]
    measure: Callable[[Bench, int], tuple[Figures, list[float]]]
    """Given a size; also returns how many cores others used, as far as that was seen."""


def vote(bench: Bench, size: int) -> tuple[Figures, list[float]]:
    name = f"vote-{size}"
    before = filling.votes(size - VOTERS_HERE, size - VOTERS_HERE)
    filling.fill(bench.folder / name, [(filling.CODE, before.entries)])
    counted = [size - VOTERS_HERE, *before.totals.values()]
    with running(bench.folder, name, bench.cores) as server:
        run = bench.generator.run(
            server,
            filling.board(),
            bench.cookies,
            clients=VOTERS_HERE,
            voters=VOTERS_HERE,
            rate=RATE,
            before=",".join(map(str, counted)),
            windows=bench.effort.windows,
            warm=bench.effort.warm,
            seconds=bench.effort.window,
        )
    spent = [1e6 * w.server / w.acks for w in run.windows]
    return {"": spent}, [w.others / w.seconds for w in run.windows]


def frame(bench: Bench, size: int) -> tuple[Figures, list[float]]:
    run = bench.load(
        f"frame-{size}", clients=size, voters=1, next="tally", window=bench.effort.window
    )
    spent = [1e6 * w.server / w.frames for w in run.windows]
    return {"": spent}, [w.others / w.seconds for w in run.windows]


def start(bench: Bench, size: int) -> tuple[Figures, list[float]]:
    ready, first = [], []
    for began, server in _started(bench, size):
        server.call("GET", "/readyz")
        ready.append(1000 * (time.monotonic() - began))
        asked = time.monotonic()
        server.call("GET", f"/api/boards/{filling.CODE}0")
        first.append(1000 * (time.monotonic() - asked))
    return {"ready": ready, "its first board": first}, []


def memory(bench: Bench, size: int) -> tuple[Figures, list[float]]:
    worker, store = [], []
    for _, server in _started(bench, size):
        worker.append(server.resident_kib() / 1024)
        store.append(machine.resident_kib(server.store_pid) / 1024)
    return {"worker": worker, "store": store}, []


def read(bench: Bench, size: int) -> tuple[Figures, list[float]]:
    name = f"read-{size}"
    life = filling.life(size, min(READERS, size // 2))
    filling.fill(bench.folder / name, [(filling.CODE, life.entries)])
    took = []
    for _ in range(bench.effort.windows):
        with running(bench.folder, name, bench.cores) as server:
            began = time.monotonic()
            welcome = asyncio.run(_welcomed(server, filling.board()))
            took.append(1000 * (time.monotonic() - began))
        if welcome["seq"] != size + 2 or welcome["tally"]["result"]["totals"] != life.totals:
            raise FailedError("the first welcome is not what was voted")
    return {"": took}, []


def _started(bench: Bench, size: int) -> Iterator[tuple[float, Stackvote]]:
    """Start servers one after the other on so many boards; give when it was, too."""
    name = f"start-{size}"
    if not (bench.folder / name).exists():
        filling.fill(bench.folder / name, filling.many(size, TEAM))
    for _ in range(bench.effort.windows):
        began = time.monotonic()
        with running(bench.folder, name, bench.cores) as server:
            yield began, server


async def _welcomed(server: Stackvote, board: Board) -> Any:
    async with connect(
        f"ws://127.0.0.1:{server.port}{board.path}",
        subprotocols=[Subprotocol(board.protocol)],
        compression=None,
        max_size=None,
        proxy=None,
    ) as line:
        await line.send(json.dumps({"type": "hello", "view": "ballot"}))
        return json.loads(await line.recv())


GROWTHS = {
    "vote": Growth(
        "CPU of one vote",
        "ballots on the board",
        "µs",
        (10, 100, 1000, 10_000, 100_000),
        vote,
    ),
    "frame": Growth(
        "CPU of one frame",
        "connections to the board",
        "µs",
        (10, 100, 1000, 10_000),
        frame,
    ),
    "start": Growth("Time to start", "boards in the store", "ms", (1, 100, 10_000), start),
    "memory": Growth(
        "Memory after a start", "boards in the store", "MiB", (1, 100, 10_000), memory
    ),
    "read": Growth(
        "Time to the first welcome",
        "actions on the board",
        "ms",
        (100, 1000, 10_000, 100_000),
        read,
    ),
}


def main() -> int:
    given = parser("bench.growth", __doc__, list(GROWTHS)).parse_args()
    effort = Effort(2, 0.5, 0.3, 0) if given.quick else Effort(5, 2.0, 1.0, 0)
    names = given.only or list(GROWTHS)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        people = max(GROWTHS["frame"].sizes) if "frame" in names else VOTERS_HERE
        bench = Bench(folder, effort, people)
        for name in names:
            yield Scenario(name, GROWTHS[name].title, partial(_grow, bench, name))

    return produce(GROWTH, scenarios, given)


def _grow(bench: Bench, name: str) -> Measured:
    growth = GROWTHS[name]
    points: dict[str, list[Point]] = {}
    measures, others = [], []
    for size in growth.sizes:
        figures, busy = growth.measure(bench, size)
        others += busy
        for curve, values in figures.items():
            named = f", {curve}" if curve else ""
            measure = Measure(f"{_counted(size, growth.across)}{named}", growth.unit, values)
            point = Point(size, measure.middle, min(values), max(values))
            points.setdefault(curve, []).append(point)
            measures.append(measure)
    curves = [Curve(curve, some) for curve, some in points.items()]
    load = [Measure("others", "cores", others)] if others else []
    return Measured(measures, load, _drawn(name, growth, curves))


def _counted(size: int, things: str) -> str:
    """Name so many things; of one, the first word loses its plural."""
    return f"{size:,} {things if size > 1 else things.replace('s ', ' ', 1)}"


def _drawn(name: str, growth: Growth, curves: Sequence[Curve]) -> Drawing:
    said = [
        f"{curve.name} {figure(point.value)}".lstrip() + f" at {point.at:,.0f}"
        for curve in curves
        for point in curve.points
    ]
    words = f"{growth.title} in {growth.unit}, by {growth.across}: {', '.join(said)}."
    svg = draw(growth.title, words, growth.across, growth.unit, curves)
    return Drawing(f"growth-{name}.svg", words, svg)


if __name__ == "__main__":
    sys.exit(main())
