"""Measure Stackvote: `make bench`, or `python -m bench.run --help`."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.generator import Window
from bench.harness import (
    Bench,
    Measured,
    Sampling,
    Scenario,
    core_usage,
    options_parser,
    run_scenarios,
)
from bench.results import MAIN, Measure
from bench.stackvote import running

IDLE = 2000
FIRST_CLIENTS = 1000
"""Connections made before memory is measured. Handshakes leave up to some 3 MiB of garbage, a limit
that is reached only after several hundred. Divided by the connections measured, it would make the
result depend on their number.
"""


def votes(bench: Bench, clients: int) -> Measured:
    run = bench.load(
        "votes", clients=clients, voters=clients, loop="ack", window=bench.sampling.window
    )
    measures = [
        Measure("votes", "per second", [w.acks / w.seconds for w in run.windows]),
        Measure("votes", "per CPU second of the server", [w.acks / w.server for w in run.windows]),
        Measure("vote to ack, 95th percentile", "ms", [d["ack"]["p95"] for d in run.latencies]),
        Measure(
            "frames to all clients meanwhile",
            "per second",
            [w.frames / w.seconds for w in run.windows],
        ),
    ]
    return Measured(measures, core_usage(run.windows))


def frames(bench: Bench, clients: int) -> Measured:
    run = bench.load(
        f"frames-{clients}",
        clients=clients,
        voters=1,
        loop="tally",
        window=bench.sampling.window,
    )
    measures = [
        Measure(
            "frames", "per CPU second of the server", [w.frames / w.server for w in run.windows]
        ),
        Measure("frames", "per second", [w.frames / w.seconds for w in run.windows]),
    ]
    return Measured(measures, core_usage(run.windows))


def latency(bench: Bench, clients: int, rate: int, tally_window: int = 0) -> Measured:
    run = bench.load(
        f"latency-{clients}-{rate}",
        clients=clients,
        voters=clients,
        rate=rate,
        window=bench.sampling.latency_window,
        tally_window=tally_window,
    )
    measures = [
        Measure(f"vote to {end}, {percentile}", "ms", [d[key][quantile] for d in run.latencies])
        for key, end in (("ack", "ack"), ("delivery", "another client's tally"))
        for quantile, percentile in (
            ("p50", "median"),
            ("p95", "95th percentile"),
            ("p99", "99th percentile"),
        )
    ]
    intervals = [_tally_interval_ms(window, clients) for window in run.windows]
    measures.append(Measure("tally interval", "ms", intervals))
    measures += [
        Measure(
            f"another client's tally beyond the interval, {percentile}",
            "ms",
            [d["delivery"][quantile] - ms for d, ms in zip(run.latencies, intervals, strict=True)],
        )
        for quantile, percentile in (("p95", "95th percentile"), ("p99", "99th percentile"))
    ]
    return Measured(measures, core_usage(run.windows))


def _tally_interval_ms(window: Window, clients: int) -> float:
    """Return how long the server collected votes for each tally."""
    return 1000 * window.seconds / (window.tallies / clients)


def memory(bench: Bench, clients: int) -> Measured:
    values = [_memory_once(bench, clients, start) for start in range(bench.sampling.windows)]
    return Measured([Measure("memory", "KiB per connection", values)])


def _memory_once(bench: Bench, clients: int, start: int) -> float:
    with running(bench.folder, f"memory-{start}", bench.cores) as server:
        board = server.open_board()
        cookies = bench.cookies.read_text().splitlines(keepends=True)
        first, rest = bench.folder / "cookies-first", bench.folder / "cookies-rest"
        first.write_text("".join(cookies[:FIRST_CLIENTS]))
        rest.write_text("".join(cookies[FIRST_CLIENTS:]))
        with bench.generator.idle(server, board, first, FIRST_CLIENTS):
            before = server.resident_kib()
            with bench.generator.idle(server, board, rest, clients):
                return (server.resident_kib() - before) / clients


class Workload(NamedTuple):
    title: str
    clients: int
    measure: Callable[[Bench], Measured]


WORKLOADS = {
    "votes": Workload("1,000 clients vote on one board", 1000, partial(votes, clients=1000)),
    "frames-1000": Workload("1,000 clients watch one board", 1000, partial(frames, clients=1000)),
    "memory": Workload("An idle connection", FIRST_CLIENTS + IDLE, partial(memory, clients=IDLE)),
    "latency-50": Workload(
        "500 clients, 50 votes a second", 500, partial(latency, clients=500, rate=50)
    ),
    "latency-1000": Workload(
        "1,000 clients, 1,000 votes a second, a tally every 50 ms",
        1000,
        partial(latency, clients=1000, rate=1000, tally_window=50),
    ),
    "latency-5000": Workload(
        "5,000 clients, 1,000 votes a second, a tally every 100 ms",
        5000,
        partial(latency, clients=5000, rate=1000, tally_window=100),
    ),
}


def main() -> int:
    parser = options_parser("bench.run", __doc__, list(WORKLOADS))
    parser.add_argument("--windows", type=int, choices=range(1, 21), metavar="N", help="1 to 20")
    options = parser.parse_args()
    sampling = Sampling(2, 1.0, 0.5, 2.0) if options.quick else Sampling(5, 3.0, 2.0, 5.0)
    sampling = sampling._replace(windows=options.windows or sampling.windows)
    workloads = {name: WORKLOADS[name] for name in options.only or WORKLOADS}

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, sampling, max(workload.clients for workload in workloads.values()))
        for name, workload in workloads.items():
            yield Scenario(name, workload.title, partial(workload.measure, bench))

    return run_scenarios(MAIN, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
