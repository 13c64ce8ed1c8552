"""Measure a crowd that comes all at once: `make bench-crowd`, or `python -m bench.crowd --help`."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.generator import Run
from bench.measuring import Bench, Effort, Measured, Scenario, load_of, parser, produce
from bench.results import CROWD, Measure
from bench.stackvote import running

WORKERS = 2
OTHERS, RATE = 50, 100
"""People who are there before, and how many votes a second they cast together."""
AFTER = 2.0
"""Seconds for which they go on when all are inside, so that everybody sees a tally."""


def crowd(bench: Bench, size: int) -> Measured:
    runs = [_once(bench, size, start) for start in range(bench.effort.windows)]
    rushes = [run.windows[0] for run in runs]
    measures = [
        Measure("all are welcomed: CPU of the server", "s", [rush.server for rush in rushes]),
        Measure("all are welcomed: after", "s", [rush.seconds for rush in rushes]),
        *(
            Measure(
                f"from coming to the welcome, {share}", "s", [r.welcome[at] / 1e3 for r in runs]
            )
            for at, share in (("p50", "median"), ("max", "longest"))
        ),
        *(
            Measure(f"others' votes to ack meanwhile, {share}", "ms", _acks(runs, at))
            for at, share in (("p50", "median"), ("p99", "99th percentile"))
        ),
    ]
    return Measured(measures, load_of(rushes))


def _once(bench: Bench, size: int, start: int) -> Run:
    with running(bench.folder, f"crowd-{start}", bench.cores, WORKERS) as server:
        return bench.generator.run(
            server,
            server.open_board(),
            bench.cookies,
            clients=OTHERS + size,
            crowd=size,
            voters=OTHERS,
            rate=RATE,
            windows=2,  # The rush, however long it takes, and what comes after it.
            warm=bench.effort.warm,
            seconds=AFTER,
        )


def _acks(runs: list[Run], at: str) -> list[float]:
    return [run.delays[0]["ack"][at] for run in runs]


def main() -> int:
    given = parser("bench.crowd", __doc__).parse_args()
    size, effort = (2000, Effort(1, 0, 0.5, 0)) if given.quick else (10_000, Effort(5, 0, 2.0, 0))

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, effort, OTHERS + size)
        title = f"{size:,} people join one board at once, {WORKERS} workers"
        yield Scenario("crowd", title, partial(crowd, bench, size))

    return produce(CROWD, scenarios, given)


if __name__ == "__main__":
    sys.exit(main())
