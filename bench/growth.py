"""Measure how costs grow with voters, connections and boards: `make bench-growth`, or `python -m
bench.growth --help`.
"""

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

from bench import machine, seeding
from bench.generator import Board, FailedError
from bench.harness import Bench, Measured, Sampling, Scenario, options_parser, run_scenarios
from bench.line_chart import Curve, Point, draw, formatted
from bench.results import GROWTH, Chart, Measure
from bench.stackvote import Stackvote, running

ACTIVE_VOTERS = 10
RATE = 1000
"""Votes per second by these, however many have voted before."""
TEAM = 15
"""Voters on each of many boards."""
HISTORY_VOTERS = 5000
"""Voters in the history of a board that is read."""

Samples = dict[str, list[float]]
"""Values by the name of the curve, which is empty if there is only one; one per window or start."""


class Growth(NamedTuple):
    """A measurement on boards of several sizes."""

    title: str
    x_label: str
    unit: str
    sizes: Sequence[int]
    measure: Callable[[Bench, int], tuple[Samples, list[float]]]
    """Called with a size; returns the values, and how many cores other processes used, if known."""


def vote(bench: Bench, size: int) -> tuple[Samples, list[float]]:
    name = f"vote-{size}"
    earlier = seeding.votes(size - ACTIVE_VOTERS, size - ACTIVE_VOTERS)
    seeding.seed(bench.folder / name, [(seeding.CODE, earlier.entries)])
    earlier_ballots = [size - ACTIVE_VOTERS, *earlier.totals.values()]
    with running(bench.folder, name, bench.cores) as server:
        run = bench.generator.run(
            server,
            seeding.board(),
            bench.cookies,
            clients=ACTIVE_VOTERS,
            voters=ACTIVE_VOTERS,
            rate=RATE,
            earlier_ballots=",".join(map(str, earlier_ballots)),
            windows=bench.sampling.windows,
            warmup=bench.sampling.warmup,
            seconds=bench.sampling.window,
        )
    cpu = [1e6 * w.server / w.acks for w in run.windows]
    return {"": cpu}, [w.others / w.seconds for w in run.windows]


def frame(bench: Bench, size: int) -> tuple[Samples, list[float]]:
    run = bench.load(
        f"frame-{size}", clients=size, voters=1, loop="tally", window=bench.sampling.window
    )
    cpu = [1e6 * w.server / w.frames for w in run.windows]
    return {"": cpu}, [w.others / w.seconds for w in run.windows]


def start(bench: Bench, size: int) -> tuple[Samples, list[float]]:
    ready, first = [], []
    for started_at, server in _start_servers(bench, size):
        server.call("GET", "/readyz")
        ready.append(1000 * (time.monotonic() - started_at))
        requested_at = time.monotonic()
        server.call("GET", f"/api/boards/{seeding.CODE}0")
        first.append(1000 * (time.monotonic() - requested_at))
    return {"ready": ready, "first board": first}, []


def memory(bench: Bench, size: int) -> tuple[Samples, list[float]]:
    worker, store = [], []
    for _, server in _start_servers(bench, size):
        worker.append(server.resident_kib() / 1024)
        store.append(machine.resident_kib(server.store_pid) / 1024)
    return {"worker": worker, "store": store}, []


def read(bench: Bench, size: int) -> tuple[Samples, list[float]]:
    name = f"read-{size}"
    history = seeding.votes_and_comments(size, min(HISTORY_VOTERS, size // 2))
    seeding.seed(bench.folder / name, [(seeding.CODE, history.entries)])
    durations = []
    for _ in range(bench.sampling.windows):
        with running(bench.folder, name, bench.cores) as server:
            began = time.monotonic()
            welcome = asyncio.run(_first_welcome(server, seeding.board()))
            durations.append(1000 * (time.monotonic() - began))
        if welcome["seq"] != size + 2 or welcome["tally"]["result"]["totals"] != history.totals:
            raise FailedError("the first welcome does not match the votes")
    return {"": durations}, []


def _start_servers(bench: Bench, size: int) -> Iterator[tuple[float, Stackvote]]:
    """Start servers one after another with this many boards; yield each with its start time."""
    name = f"start-{size}"
    if not (bench.folder / name).exists():
        seeding.seed(bench.folder / name, seeding.boards(size, TEAM))
    for _ in range(bench.sampling.windows):
        began = time.monotonic()
        with running(bench.folder, name, bench.cores) as server:
            yield began, server


async def _first_welcome(server: Stackvote, board: Board) -> Any:
    async with connect(
        f"ws://127.0.0.1:{server.port}{board.path}",
        subprotocols=[Subprotocol(board.protocol)],
        compression=None,
        max_size=None,
        proxy=None,
    ) as connection:
        await connection.send(json.dumps({"type": "hello", "view": "ballot"}))
        return json.loads(await connection.recv())


GROWTHS = {
    "vote": Growth(
        "CPU per vote",
        "ballots on the board",
        "µs",
        (10, 100, 1000, 10_000, 100_000),
        vote,
    ),
    "frame": Growth(
        "CPU per frame",
        "connections to the board",
        "µs",
        (10, 100, 1000, 10_000),
        frame,
    ),
    "start": Growth("Time to start", "boards in the store", "ms", (1, 100, 10_000), start),
    "memory": Growth("Memory after start", "boards in the store", "MiB", (1, 100, 10_000), memory),
    "read": Growth(
        "Time to the first welcome",
        "actions on the board",
        "ms",
        (100, 1000, 10_000, 100_000),
        read,
    ),
}


def main() -> int:
    options = options_parser("bench.growth", __doc__, list(GROWTHS)).parse_args()
    sampling = Sampling(2, 0.5, 0.3, 0) if options.quick else Sampling(5, 2.0, 1.0, 0)
    names = options.only or list(GROWTHS)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        clients = max(GROWTHS["frame"].sizes) if "frame" in names else ACTIVE_VOTERS
        bench = Bench(folder, sampling, clients)
        for name in names:
            yield Scenario(name, GROWTHS[name].title, partial(_measure, bench, name))

    return run_scenarios(GROWTH, scenarios, options)


def _measure(bench: Bench, name: str) -> Measured:
    growth = GROWTHS[name]
    points: dict[str, list[Point]] = {}
    measures, others = [], []
    for size in growth.sizes:
        samples, other_cores = growth.measure(bench, size)
        others += other_cores
        for curve, values in samples.items():
            suffix = f", {curve}" if curve else ""
            measure = Measure(f"{_counted(size, growth.x_label)}{suffix}", growth.unit, values)
            point = Point(size, measure.median, min(values), max(values))
            points.setdefault(curve, []).append(point)
            measures.append(measure)
    curves = [Curve(curve, some) for curve, some in points.items()]
    cores = [Measure("others", "cores", others)] if others else []
    return Measured(measures, cores, _chart(name, growth, curves))


def _counted(size: int, things: str) -> str:
    """Format a count; for 1, the first word loses its plural."""
    return f"{size:,} {things if size > 1 else things.replace('s ', ' ', 1)}"


def _chart(name: str, growth: Growth, curves: Sequence[Curve]) -> Chart:
    parts = [
        f"{curve.name} {formatted(point.value)}".lstrip() + f" at {point.x:,.0f}"
        for curve in curves
        for point in curve.points
    ]
    alt_text = f"{growth.title} in {growth.unit}, by {growth.x_label}: {', '.join(parts)}."
    svg = draw(growth.title, alt_text, growth.x_label, growth.unit, curves)
    return Chart(f"growth-{name}.svg", alt_text, svg)


if __name__ == "__main__":
    sys.exit(main())
