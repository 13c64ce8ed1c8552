"""Measure a connection burst, all clients at once: `make bench-crowd`, or `python -m
bench.connect_burst --help`.
"""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.generator import Run
from bench.harness import (
    Bench,
    Measured,
    Sampling,
    Scenario,
    core_usage,
    options_parser,
    run_scenarios,
)
from bench.results import CONNECT_BURST, Measure
from bench.stackvote import running

WORKERS = 2
VOTERS, RATE = 50, 100
"""Clients that are connected before, and how many votes they cast per second in all."""
AFTER_BURST = 2.0
"""Seconds for which they continue after the burst, so that every client receives a tally."""


def connect_burst(bench: Bench, size: int) -> Measured:
    runs = [_run_once(bench, size, start) for start in range(bench.sampling.windows)]
    bursts = [run.windows[0] for run in runs]
    measures = [
        Measure(
            "until all are welcomed: CPU of the server", "s", [burst.server for burst in bursts]
        ),
        Measure("until all are welcomed: time", "s", [burst.seconds for burst in bursts]),
        *(
            Measure(
                f"connecting to welcome, {name}", "s", [r.welcome[quantile] / 1e3 for r in runs]
            )
            for quantile, name in (("p50", "median"), ("max", "maximum"))
        ),
        *(
            Measure(f"other clients' vote to ack meanwhile, {name}", "ms", _acks(runs, quantile))
            for quantile, name in (("p50", "median"), ("p99", "99th percentile"))
        ),
    ]
    return Measured(measures, core_usage(bursts))


def _run_once(bench: Bench, size: int, start: int) -> Run:
    with running(bench.folder, f"burst-{start}", bench.cores, WORKERS) as server:
        return bench.generator.run(
            server,
            server.open_board(),
            bench.cookies,
            clients=VOTERS + size,
            burst=size,
            voters=VOTERS,
            rate=RATE,
            windows=2,  # The burst, however long it takes, and the time after it.
            warmup=bench.sampling.warmup,
            seconds=AFTER_BURST,
        )


def _acks(runs: list[Run], quantile: str) -> list[float]:
    return [run.latencies[0]["ack"][quantile] for run in runs]


def main() -> int:
    options = options_parser("bench.connect_burst", __doc__).parse_args()
    size, sampling = (
        (2000, Sampling(1, 0, 0.5, 0)) if options.quick else (10_000, Sampling(5, 0, 2.0, 0))
    )

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, sampling, VOTERS + size)
        title = f"{size:,} clients join one board at once, {WORKERS} workers"
        yield Scenario("connect-burst", title, partial(connect_burst, bench, size))

    return run_scenarios(CONNECT_BURST, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
