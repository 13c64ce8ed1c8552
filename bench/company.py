"""Measure a company of meetings, and a giant one, over one to four workers: `make bench-company`,
or `python -m bench.company --help`.
"""

import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import announcing
from bench.generator import Board, Load, Together
from bench.harness import Bench, Measured, Sampling, Scenario, options_parser, run_scenarios
from bench.results import COMPANY, Measure
from bench.stackvote import Stackvote, running
from server.store.embedded import EmbeddedStore


class Company(NamedTuple):
    """Meetings at once, each on a board of its own."""

    name: str
    title: str
    boards: int
    people: int
    """On each board."""
    rate: float
    """Votes a second on each board."""


class Servers:
    """Servers of one worker each, on one store, as the system under test."""

    def __init__(self, servers: Sequence[Stackvote], store_pid: int) -> None:
        self.servers = servers
        self.store_pid = store_pid
        self.port = servers[0].port
        self.pids = [pid for server in servers for pid in server.pids]

    def ports_of(self, board: Board, *, affinity: bool) -> list[int]:
        """Return where the people of a board connect: with affinity to one server, by its code."""
        ports = [server.port for server in self.servers]
        return [ports[zlib.crc32(board.path.encode()) % len(ports)]] if affinity else ports


def company(bench: Bench, meetings: Company, workers: int, *, affinity: bool) -> Measured:
    runs = [
        _run_once(bench, meetings, workers, start, affinity=affinity)
        for start in range(bench.sampling.windows)
    ]
    return Measured(_measures(runs), _core_usage(runs))


def _run_once(
    bench: Bench, meetings: Company, workers: int, start: int, *, affinity: bool
) -> Together:
    name = f"{meetings.name}-{workers}-{'affinity' if affinity else 'spread'}-{start}"
    with ExitStack() as stack:
        store = stack.enter_context(EmbeddedStore(bench.folder / f"{name}-store"))
        servers = [
            stack.enter_context(
                running(bench.folder, f"{name}-{n}", bench.cores, store_url=store.url)
            )
            for n in range(workers)
        ]
        target = Servers(servers, store.pid)
        loads = []
        for n in range(meetings.boards):
            board = servers[n % workers].open_board()
            ports = target.ports_of(board, affinity=affinity)
            loads.append(Load(board, ports, meetings.people, meetings.rate))
        return bench.generator.run_together(
            target,
            loads,
            bench.cookies,
            warmup=bench.sampling.warmup,
            seconds=bench.sampling.window,
        )


def announced(bench: Bench, workers: int, seats: int, times: int) -> Measured:
    measures = []
    for how, listed in (("a list", True), ("counts", False)):
        runs = [
            announcing.measure(
                bench.folder / f"people-{how}-{start}", workers, seats, times, listed=listed
            )
            for start in range(bench.sampling.windows)
        ]
        measures += [
            Measure(f"{how}, CPU of the store", "µs", [1e6 * run.store for run in runs]),
            Measure(f"{how}, CPU of each worker", "µs", [1e6 * run.worker for run in runs]),
        ]
    return Measured(measures)


def _measures(runs: Sequence[Together]) -> list[Measure]:
    return [
        Measure("votes", "per second", [run.votes / run.seconds for run in runs]),
        Measure("CPU of all workers", "µs per vote", _per_vote(runs, "server")),
        Measure("CPU of the store", "µs per vote", _per_vote(runs, "store")),
        Measure(
            "vote to ack, median of the boards",
            "ms",
            [median(ack["p50"] for ack in run.acks) for run in runs],
        ),
        Measure(
            "vote to ack, 99th percentile of the slowest board",
            "ms",
            [max(ack["p99"] for ack in run.acks) for run in runs],
        ),
    ]


def _per_vote(runs: Sequence[Together], who: str) -> list[float]:
    return [1e6 * run.used[who] / run.votes for run in runs]


def _core_usage(runs: Sequence[Together]) -> list[Measure]:
    return [
        Measure(who, "cores", [run.used[who] / run.seconds for run in runs])
        for who in ("server", "store", "generator", "others")
    ]


def main() -> int:
    options = options_parser("bench.company", __doc__).parse_args()
    if options.quick:
        sampling = Sampling(windows=1, window=2.0, warmup=0.5, latency_window=0)
        companies = (
            Company("company", "10 boards of 20 people", 10, 20, 5),
            Company("giant", "one board of 500 people", 1, 500, 50),
        )
        sizes: Sequence[int] = (1, 2)
        people, times = [(4, 200)], 3
    else:
        sampling = Sampling(windows=3, window=5.0, warmup=2.0, latency_window=0)
        companies = (
            Company("company", "100 boards of 100 people", 100, 100, 5),
            Company("giant", "one board of 10,000 people", 1, 10_000, 500),
        )
        sizes = (1, 2, 4)
        people, times = [(10, 1000), (50, 1000)], 10

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, sampling, max(each.people for each in companies))
        for meetings in companies:
            for workers in sizes:
                for affinity in (True, False) if workers > 1 else (True,):
                    where = "by board" if affinity else "spread"
                    over = f"{workers} workers, {where}" if workers > 1 else "one worker"
                    yield Scenario(
                        f"{meetings.name}-{workers}-{where}",
                        f"{meetings.title}, {meetings.boards * meetings.rate:,.0f} votes a second, "
                        f"{over}",
                        partial(company, bench, meetings, workers, affinity=affinity),
                    )

        for workers, seats in people:
            yield Scenario(
                f"people-{workers}",
                f"Who is here, announced by one of {workers} workers with {seats:,} people each",
                partial(announced, bench, workers, seats, times),
            )

    return run_scenarios(COMPANY, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
