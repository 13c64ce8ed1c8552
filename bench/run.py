"""Measure Stackvote: `make bench`, or `python -m bench.run --help`."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import machine, results
from bench.generator import BenchError, FailedError, Generator, Run, Window
from bench.results import Measure, Outcome
from bench.stackvote import code, commit, running

HERE = Path(__file__).resolve().parent
IDLE = 2000
FIRST_COMERS = 1000
"""Connections made before memory is looked at. Garbage of handshakes piles up to a height that
does not depend on how many come: some 3 MiB, reached only after several hundred. Shared out
among those measured, it would make the figure depend on their number.
"""


class Effort(NamedTuple):
    """How long everything is looked at, in seconds and windows."""

    windows: int
    window: float
    warm: float
    latency_window: float


class Bench:
    """What all scenarios share."""

    def __init__(self, folder: Path, effort: Effort) -> None:
        self.folder = folder
        self.effort = effort
        self.cores = machine.cores()
        self.generator = Generator(folder, self.cores)
        self.cookies = folder / "cookies"

    def load(self, name: str, *, clients: int, window: float, **plan: str | float) -> Run:
        """Start a server, and let people vote on a board of it. Raises FailedError."""
        with running(self.folder, name, self.cores) as server:
            return self.generator.run(
                server,
                server.open_board(),
                self.cookies,
                clients=clients,
                windows=self.effort.windows,
                warm=self.effort.warm,
                seconds=window,
                **plan,
            )


def votes(bench: Bench, clients: int) -> tuple[list[Measure], list[Measure]]:
    run = bench.load(
        "votes", clients=clients, voters=clients, next="ack", window=bench.effort.window
    )
    return [
        Measure("votes", "a second", [w.acks / w.seconds for w in run.windows]),
        Measure("votes", "a CPU second of the server", [w.acks / w.server for w in run.windows]),
        Measure("vote to ack, 95th percentile", "ms", [d["ack"]["p95"] for d in run.delays]),
        Measure("frames to all meanwhile", "a second", [w.frames / w.seconds for w in run.windows]),
    ], _load(run.windows)


def frames(bench: Bench, clients: int) -> tuple[list[Measure], list[Measure]]:
    run = bench.load(
        f"frames-{clients}",
        clients=clients,
        voters=1,
        next="tally",
        window=bench.effort.window,
    )
    return [
        Measure("frames", "a CPU second of the server", [w.frames / w.server for w in run.windows]),
        Measure("frames", "a second", [w.frames / w.seconds for w in run.windows]),
    ], _load(run.windows)


def latency(bench: Bench, clients: int, rate: int) -> tuple[list[Measure], list[Measure]]:
    run = bench.load(
        f"latency-{rate}",
        clients=clients,
        voters=clients,
        rate=rate,
        window=bench.effort.latency_window,
    )
    return [
        Measure(f"vote to {end}, {share}", "ms", [d[key][at] for d in run.delays])
        for key, end in (("ack", "ack"), ("screen", "another's screen"))
        for at, share in (("p50", "median"), ("p95", "95th percentile"), ("p99", "99th percentile"))
    ], _load(run.windows)


def memory(bench: Bench, clients: int) -> tuple[list[Measure], list[Measure]]:
    each = [_memory_once(bench, clients, start) for start in range(bench.effort.windows)]
    return [Measure("memory", "KiB a connection", each)], []


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


def _load(windows: Sequence[Window]) -> list[Measure]:
    return [
        Measure(who, "cores", [getattr(window, who) / window.seconds for window in windows])
        for who in ("server", "store", "generator", "others")
    ]


class Scenario(NamedTuple):
    title: str
    people: int
    measure: Callable[[Bench], tuple[list[Measure], list[Measure]]]


SCENARIOS = {
    "votes": Scenario("1,000 people vote on one board", 1000, partial(votes, clients=1000)),
    "frames-500": Scenario("500 people watch one board", 500, partial(frames, clients=500)),
    "frames-1000": Scenario("1,000 people watch one board", 1000, partial(frames, clients=1000)),
    "memory": Scenario("An idle person", FIRST_COMERS + IDLE, partial(memory, clients=IDLE)),
    "latency-50": Scenario(
        "500 people, 50 votes a second", 500, partial(latency, clients=500, rate=50)
    ),
    "latency-500": Scenario(
        "500 people, 500 votes a second", 500, partial(latency, clients=500, rate=500)
    ),
}


def main() -> int:
    given = _parser().parse_args()
    names = given.only or list(SCENARIOS)
    effort = Effort(2, 1.0, 0.5, 2.0) if given.quick else Effort(5, 4.0, 2.0, 6.0)
    effort = effort._replace(windows=given.windows or effort.windows)
    try:
        # Beside the results, because what a durable vote costs depends on the disk.
        with tempfile.TemporaryDirectory(prefix="data-", dir=HERE) as folder:
            measured = {"commit": commit(), "server's files": code()}
            held = results.conditions(measured | machine.description(Path(folder)), _command())
            outcomes = _measure(Bench(Path(folder), effort), names)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for name in results.disturbed(outcomes):
        print(f"bench: others kept the machine busy during {name}", file=sys.stderr)
    if not given.quick and not given.only:
        results.write(HERE, held, outcomes)
        print("Written: bench/RESULTS.md, bench/results.json")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _measure(bench: Bench, names: Sequence[str]) -> list[Outcome]:
    with running(bench.folder, "cookies-server", bench.cores) as server:
        people = max(SCENARIOS[name].people for name in names)
        server.write_cookies(server.open_board(), people, bench.cookies)
    before = code()
    outcomes = []
    for name in names:
        scenario = SCENARIOS[name]
        try:
            outcome = Outcome(name, scenario.title, *scenario.measure(bench))
        except FailedError as error:
            outcome = Outcome(name, scenario.title, [], [], failed=str(error))
        if code() != before:
            raise BenchError("The server's files were changed while it was measured. Start again.")
        print(*results.lines(outcome), sep="\n", flush=True)
        outcomes.append(outcome)
    return outcomes


def _command() -> str:
    arguments = " ".join(sys.argv[1:])
    return f'make bench ARGS="{arguments}"' if arguments else "make bench"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=list(SCENARIOS), metavar="NAME", help=", ".join(SCENARIOS)
    )
    parser.add_argument("--windows", type=int, choices=range(1, 21), metavar="N", help="1 to 20")
    parser.add_argument(
        "--quick", action="store_true", help="short windows: shows that it works, not how fast"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
