"""Measure Stackvote: `make bench`, or `python -m bench.run --help`."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.generator import Window
from bench.measuring import Bench, Effort, Measured, Scenario, load_of, parser, produce
from bench.results import ALONE, Measure
from bench.stackvote import running

IDLE = 2000
FIRST_COMERS = 1000
"""Connections made before memory is looked at. Garbage of handshakes piles up to a height that
does not depend on how many come: some 3 MiB, reached only after several hundred. Shared out
among those measured, it would make the figure depend on their number.
"""


def votes(bench: Bench, clients: int) -> Measured:
    run = bench.load(
        "votes", clients=clients, voters=clients, next="ack", window=bench.effort.window
    )
    measures = [
        Measure("votes", "a second", [w.acks / w.seconds for w in run.windows]),
        Measure("votes", "a CPU second of the server", [w.acks / w.server for w in run.windows]),
        Measure("vote to ack, 95th percentile", "ms", [d["ack"]["p95"] for d in run.delays]),
        Measure("frames to all meanwhile", "a second", [w.frames / w.seconds for w in run.windows]),
    ]
    return Measured(measures, load_of(run.windows))


def frames(bench: Bench, clients: int) -> Measured:
    run = bench.load(
        f"frames-{clients}",
        clients=clients,
        voters=1,
        next="tally",
        window=bench.effort.window,
    )
    measures = [
        Measure("frames", "a CPU second of the server", [w.frames / w.server for w in run.windows]),
        Measure("frames", "a second", [w.frames / w.seconds for w in run.windows]),
    ]
    return Measured(measures, load_of(run.windows))


def latency(bench: Bench, clients: int, rate: int, tally_window: int = 0) -> Measured:
    run = bench.load(
        f"latency-{clients}-{rate}",
        clients=clients,
        voters=clients,
        rate=rate,
        window=bench.effort.latency_window,
        tally_window=tally_window,
    )
    measures = [
        Measure(f"vote to {end}, {share}", "ms", [d[key][at] for d in run.delays])
        for key, end in (("ack", "ack"), ("screen", "another's screen"))
        for at, share in (("p50", "median"), ("p95", "95th percentile"), ("p99", "99th percentile"))
    ]
    kept = [_kept_ms(window, clients) for window in run.windows]
    measures.append(Measure("from one tally to the next", "ms", kept))
    measures += [
        Measure(
            f"what another's screen takes beyond that, {share}",
            "ms",
            [d["screen"][at] - ms for d, ms in zip(run.delays, kept, strict=True)],
        )
        for at, share in (("p95", "95th percentile"), ("p99", "99th percentile"))
    ]
    return Measured(measures, load_of(run.windows))


def _kept_ms(window: Window, clients: int) -> float:
    """How long the server gathered votes for one tally."""
    return 1000 * window.seconds / (window.tallies / clients)


def memory(bench: Bench, clients: int) -> Measured:
    each = [_memory_once(bench, clients, start) for start in range(bench.effort.windows)]
    return Measured([Measure("memory", "KiB a connection", each)])


def _memory_once(bench: Bench, clients: int, start: int) -> float:
    with running(bench.folder, f"memory-{start}", bench.cores) as server:
        board = server.open_board()
        cookies = bench.cookies.read_text().splitlines(keepends=True)
        first, rest = bench.folder / "cookies-first", bench.folder / "cookies-rest"
        first.write_text("".join(cookies[:FIRST_COMERS]))
        rest.write_text("".join(cookies[FIRST_COMERS:]))
        with bench.generator.idle(server, board, first, FIRST_COMERS):
            before = server.resident_kib()
            with bench.generator.idle(server, board, rest, clients):
                return (server.resident_kib() - before) / clients


class Load(NamedTuple):
    title: str
    people: int
    measure: Callable[[Bench], Measured]


LOADS = {
    "votes": Load("1,000 people vote on one board", 1000, partial(votes, clients=1000)),
    "frames-1000": Load("1,000 people watch one board", 1000, partial(frames, clients=1000)),
    "memory": Load("An idle person", FIRST_COMERS + IDLE, partial(memory, clients=IDLE)),
    "latency-50": Load(
        "500 people, 50 votes a second", 500, partial(latency, clients=500, rate=50)
    ),
    "latency-1000": Load(
        "1,000 people, 1,000 votes a second, a tally every 50 ms",
        1000,
        partial(latency, clients=1000, rate=1000, tally_window=50),
    ),
    "latency-5000": Load(
        "5,000 people, 1,000 votes a second, a tally every 100 ms",
        5000,
        partial(latency, clients=5000, rate=1000, tally_window=100),
    ),
}


def main() -> int:
    options = parser("bench.run", __doc__, list(LOADS))
    options.add_argument("--windows", type=int, choices=range(1, 21), metavar="N", help="1 to 20")
    given = options.parse_args()
    effort = Effort(2, 1.0, 0.5, 2.0) if given.quick else Effort(5, 3.0, 2.0, 5.0)
    effort = effort._replace(windows=given.windows or effort.windows)
    loads = {name: LOADS[name] for name in given.only or LOADS}

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, effort, max(load.people for load in loads.values()))
        for name, load in loads.items():
            yield Scenario(name, load.title, partial(load.measure, bench))

    return produce(ALONE, scenarios, given)


if __name__ == "__main__":
    sys.exit(main())
