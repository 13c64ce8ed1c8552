"""Measure what a tally costs a worker and its relays: `make bench-relay`, or `python -m bench.relay
--help`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import machine
from bench.generator import BenchError, Run, Target
from bench.harness import Bench, Measured, Sampling, Scenario, options_parser, run_scenarios
from bench.results import RELAY, Measure
from bench.stackvote import ROOT, Stackvote, running

RELAYS = 2
VOTERS, RATE = 50, 20
"""Clients that vote, on the worker, and how many votes they cast per second in all."""


class Relay(NamedTuple):
    """One `stackvote relay`."""

    pids: Sequence[int]
    port: int
    store_pid: int | None = None


@contextmanager
def relaying(server: Stackvote) -> Iterator[Relay]:
    """Run a relay on a free port for the duration. Raises BenchError."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("STACKVOTE_")}
    command = [
        *(sys.executable, "-m", "server", "relay", f"http://127.0.0.1:{server.port}"),
        *("--host", "127.0.0.1", "--port", "0"),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        greeting = process.stderr.readline() if process.stderr else ""
        if (port := re.search(r"on port (\d+)", greeting)) is None:
            raise BenchError(f"The relay does not start: {greeting}")
        yield Relay([process.pid], int(port[1]))
    finally:
        process.terminate()
        process.wait(30)
        if process.stderr:
            process.stderr.close()


def watched(bench: Bench, watchers: int, relays: int) -> Measured:
    """Measure a worker whose board so many watch, here or at so many relays each."""
    with ExitStack() as opened:
        server = opened.enter_context(running(bench.folder, f"relay-{relays}", bench.cores))
        board = server.open_board()
        targets = [opened.enter_context(relaying(server)) for _ in range(relays)]
        places: Sequence[Target] = targets or [server]
        for target in places:
            idle = bench.generator.idle(target, board, bench.cookies, watchers, view="screen")
            opened.enter_context(idle)
        before = [machine.cpu_seconds(pid) for target in targets for pid in target.pids]
        run = bench.generator.run(
            server,
            board,
            bench.cookies,
            clients=VOTERS,
            voters=VOTERS,
            rate=RATE,
            windows=bench.sampling.windows,
            warmup=0.0,
            seconds=bench.sampling.window,
        )
        after = [machine.cpu_seconds(pid) for target in targets for pid in target.pids]
    tallies = [window.tallies / VOTERS for window in run.windows]
    measures = [
        Measure(
            "CPU of the worker, a tally",
            "ms",
            [1e3 * w.server / n for w, n in zip(run.windows, tallies, strict=True)],
        ),
        *_of_relays(run, before, after),
        Measure("tallies", "/s", [n / bench.sampling.window for n in tallies]),
        Measure(
            "vote to ack, 99th percentile", "ms", [each["ack"]["p99"] for each in run.latencies]
        ),
    ]
    return Measured(measures)


def _of_relays(run: Run, before: Sequence[float], after: Sequence[float]) -> Iterator[Measure]:
    if before:
        tallies = sum(window.tallies for window in run.windows) / VOTERS
        used = [1e3 * (b - a) / tallies for a, b in zip(before, after, strict=True)]
        yield Measure("CPU of each relay, a tally", "ms", used)


def main() -> int:
    options = options_parser("bench.relay", __doc__).parse_args()
    watchers = 500 if options.quick else 10_000
    sampling = Sampling(1, 2.0, 0, 0) if options.quick else Sampling(3, 10.0, 0, 0)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, sampling, watchers)
        for relays, where in ((0, "at the worker"), (RELAYS, f"at each of {RELAYS} relays")):
            title = f"{watchers:,} people watch {where}"
            yield Scenario(f"relay-{relays}", title, partial(watched, bench, watchers, relays))

    return run_scenarios(RELAY, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
