"""Measure Stackvote beside its peers: `make bench-all`, or `python -m bench.compare --help`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from bench import batches, beside, machine, peer, results, stackvote
from bench.beside import Comparison, Row
from bench.generator import BenchError, Board, FailedError, Generator, Run, Target, Window
from bench.measuring import HERE
from bench.peer import PEERS
from bench.run import FIRST_COMERS, IDLE
from server.log.embedded import EmbeddedStore

STACKVOTE, RESTLESS, STORE = "stackvote", "stackvote-restless", "store"
TALLY_WINDOWS = {STACKVOTE: 0, RESTLESS: 1}
"""Milliseconds. Stackvote rests between tallies on purpose, and what sleeps is dearer to wake:
without the rest it does what the peers do.
"""
QUIET_WINDOW = 1000
"""Where the peers show nothing until it is quiet."""
SERVERS = [*TALLY_WINDOWS, *PEERS, STORE]
WATCHERS_WHO_VOTE = 4
"""Each votes again when its vote is on the screen, so there is always a tally to be sent."""

WINDOWS = 6
"""At least, of each server in each scenario, over all its starts."""
ALWAYS_NEWS = 400
"""Votes a second, so that nearly always something is new when a tally has been sent: each takes
its way through the log. What they cost is in the figure.
"""
FRAMES = 20_000
"""A second, where all are given the same to do."""


TITLES = {
    STACKVOTE: "**Stackvote**",
    RESTLESS: "**Stackvote** without a rest between tallies",
    STORE: "the store itself, 100 votes a call",
}


class Effort(NamedTuple):
    """How often and how long everything is looked at; times are seconds."""

    starts: int
    windows: int
    window: float
    warm: float


class Candidate(Target, Protocol):
    """One of those that are compared: Stackvote or a peer."""

    def resident_kib(self) -> int: ...


class Bench:
    """What all scenarios share."""

    def __init__(self, folder: Path, effort: Effort, people: int) -> None:
        self.folder = folder
        self.effort = effort
        self.cores = machine.cores()
        self.generator = Generator(folder, self.cores)
        self.cookies = folder / "cookies"
        self._started = 0
        peer.prepare(folder)
        with stackvote.running(folder, "first", self.cores) as server:
            board = server.open_board()
            server.write_cookies(board, people, self.cookies)
            self._options = board.options
            # What a tally really is, so that the peers' are no smaller and no larger.
            run = self.generator.run(
                server, board, self.cookies, clients=people, voters=people, next="ack"
            )
            self.tally_bytes = run.tally_bytes

    @contextmanager
    def running(self, name: str, show: str) -> Iterator[tuple[Candidate, Board]]:
        self._started += 1
        if name in TALLY_WINDOWS:
            run = f"run-{self._started}"
            window = QUIET_WINDOW if show == "quiet" else TALLY_WINDOWS[name]
            with stackvote.running(self.folder, run, self.cores, tally_window=window) as server:
                try:
                    yield server, server.open_board()
                except FailedError as error:
                    raise peer.told(error, self.folder / f"{run}.log") from error
            return
        settings = {
            "SHOW": show,
            "OPTIONS": ",".join(self._options),
            "TALLY_BYTES": str(self.tally_bytes),
        }
        with peer.running(PEERS[name], self.folder, self.cores, settings) as server:
            yield server, peer.board(PEERS[name], self._options)

    def load(self, name: str, show: str, **plan: str | float) -> Run:
        """Start a server and let people vote on it. Raises FailedError."""
        effort = self.effort
        times = {"windows": effort.windows, "warm": effort.warm, "seconds": effort.window}
        with self.running(name, show) as (server, board):
            run = self.generator.run(server, board, self.cookies, **times, **plan)
        # Where a server sends so much at once that the end of a window is noticed late, the
        # next one is over as soon as it begins: nothing is measured in it.
        whole = [window for window in run.windows if window.seconds > effort.window / 2]
        if not whole:
            raise FailedError("it kept the generator so busy that no window was whole")
        return run._replace(windows=whole)


class Measured(NamedTuple):
    """A value a window, another beside it, and what else was seen in each."""

    values: list[float]
    beside: Sequence[float] = ()
    windows: Sequence[Window] = ()


def shown(bench: Bench, name: str, people: int) -> Measured:
    plan: dict[str, str | float] = {"clients": people}
    if name == RESTLESS:
        plan |= {"voters": people, "rate": ALWAYS_NEWS}
    else:
        plan |= {"voters": WATCHERS_WHO_VOTE, "next": "tally"}
    seen = bench.load(name, "each", **plan).windows
    return Measured([w.frames / w.server for w in seen], [w.frames / w.seconds for w in seen], seen)


def paced(bench: Bench, name: str, people: int) -> Measured:
    seen = bench.load(name, "each", clients=people, voters=people, rate=FRAMES / people).windows
    return Measured([w.frames / w.server for w in seen], [w.frames / w.seconds for w in seen], seen)


def votes(bench: Bench, name: str, people: int) -> Measured:
    seen = bench.load(name, "quiet", clients=people, voters=people, next="ack").windows
    return Measured([w.acks / w.server for w in seen], [w.acks / w.seconds for w in seen], seen)


def durable(bench: Bench, name: str, people: int) -> Measured:
    if name == STORE:
        with (
            tempfile.TemporaryDirectory(dir=bench.folder) as data,
            EmbeddedStore(Path(data)) as store,
        ):
            machine.pin(store.pid, bench.cores.store)
            effort = bench.effort
            seen = batches.windows(store, effort.windows, effort.window, bench.cores)
    else:
        seen = bench.load(name, "quiet", clients=people, voters=people, next="ack").windows
    return Measured([w.acks / w.seconds for w in seen], [w.acks / w.server for w in seen], seen)


def memory(bench: Bench, name: str, people: int) -> Measured:
    cookies = bench.cookies.read_text().splitlines(keepends=True)
    first, rest = bench.folder / "cookies-first", bench.folder / "cookies-rest"
    first.write_text("".join(cookies[:FIRST_COMERS]))
    rest.write_text("".join(cookies[FIRST_COMERS:people]))
    with (
        bench.running(name, "quiet") as (server, board),
        bench.generator.idle(server, board, first, FIRST_COMERS),
    ):
        before = server.resident_kib()
        with bench.generator.idle(server, board, rest, people - FIRST_COMERS):
            return Measured([(server.resident_kib() - before) / (people - FIRST_COMERS)])


class Scenario(NamedTuple):
    title: str
    unit: str
    beside: str
    """The unit of the second value; empty where there is none."""
    people: int
    measure: Callable[[Bench, str, int], Measured]
    servers: Sequence[str]


ALL = [name for name in SERVERS if name not in {"awaiting", RESTLESS, STORE}]
PACED = [STACKVOTE, "tornado", "websockets", "ws", "c"]
SCENARIOS = {
    "shown-1000": Scenario(
        "A tally to 1,000 people",
        "frames a CPU second of the server",
        "frames a second",
        1000,
        shown,
        [RESTLESS, *ALL],
    ),
    "shown-5000": Scenario(
        "A tally to 5,000 people",
        "frames a CPU second of the server",
        "frames a second",
        5000,
        shown,
        [RESTLESS, *ALL],
    ),
    "paced-1000": Scenario(
        "20 tallies a second to 1,000 people",
        "frames a CPU second of the server",
        "frames a second",
        1000,
        paced,
        PACED,
    ),
    "paced-5000": Scenario(
        "4 tallies a second to 5,000 people",
        "frames a CPU second of the server",
        "frames a second",
        5000,
        paced,
        PACED,
    ),
    "votes": Scenario(
        "Votes of 1,000 people",
        "votes a CPU second of the server",
        "votes a second",
        1000,
        votes,
        ALL,
    ),
    "durable": Scenario(
        "Durable votes of 1,000 people",
        "votes a second",
        "votes a CPU second of the server",
        1000,
        durable,
        [STACKVOTE, "awaiting", STORE],
    ),
    "memory": Scenario(
        "An idle person",
        "KiB a connection",
        "",
        FIRST_COMERS + IDLE,
        memory,
        [STACKVOTE, "tornado", "ws"],
    ),
}


def main() -> int:
    given = _parser().parse_args()
    names = given.only or list(SCENARIOS)
    effort = Effort(given.starts, -(-WINDOWS // given.starts), given.window, 0.7)
    if given.quick:
        effort = Effort(1, 1, 0.6, 0.3)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="data-", dir=HERE) as folder:
            people = max(SCENARIOS[name].people for name in names)
            bench = Bench(Path(folder), effort, people)
            held = results.conditions(_measured(bench), _command())
            compared = [_compare(bench, name, given.servers or SERVERS) for name in names]
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for comparison in compared:
        print("", *beside.lines(comparison), sep="\n")
    print(f"\n{time.monotonic() - began:.0f} s")
    if names := beside.disturbed(compared):
        print(f"bench: others kept the machine busy during {', '.join(names)}", file=sys.stderr)
    if stackvote.code() != held["server's files"]:
        print("bench: the server's files were changed while it was measured", file=sys.stderr)
        return 2
    if not (given.quick or given.only or given.servers):
        beside.write(HERE, held, compared)
        print("Written: bench/RESULTS.md, bench/peers.json, bench/peers-*.svg")
    failed = [
        row for one in compared for row in one.rows if row.server in TALLY_WINDOWS and row.failed
    ]
    return 1 if failed else 0


def _measured(bench: Bench) -> dict[str, str]:
    return {
        "commit": stackvote.commit(),
        "server's files": stackvote.code(),
        "tally": f"{bench.tally_bytes} bytes",
        **peer.versions(),
        **machine.description(bench.folder),
    }


def _compare(bench: Bench, name: str, servers: Sequence[str]) -> Comparison:
    """Measure all servers in turn, several times: what the machine does meanwhile meets all."""
    scenario = SCENARIOS[name]
    rows = {one: Row(one, _title(one)) for one in scenario.servers if one in servers}
    starts = bench.effort.starts
    if scenario.measure is memory:
        starts *= bench.effort.windows  # A start gives but one value there.
    for start in range(starts):
        for row in rows.values():
            if row.failed:
                continue
            print(f"{name} {start + 1}/{starts} {row.server}", end=" ", flush=True)
            try:
                measured = scenario.measure(bench, row.server, scenario.people)
            except FailedError as error:
                row.failed = str(error)
                print(f"FAILED: {error}", flush=True)
            else:
                row.values += measured.values
                row.beside += measured.beside
                row.windows += measured.windows
                print(*(f"{value:,.1f}" for value in measured.values), flush=True)
    return Comparison(name, scenario.title, scenario.unit, scenario.beside, list(rows.values()))


def _title(name: str) -> str:
    if name in PEERS:
        return PEERS[name].title
    return TITLES[name]


def _command() -> str:
    arguments = " ".join(sys.argv[1:])
    return f'make bench-all ARGS="{arguments}"' if arguments else "make bench-all"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    for name, choices in (("--only", list(SCENARIOS)), ("--servers", SERVERS)):
        parser.add_argument(
            name, nargs="+", choices=choices, metavar="NAME", help=", ".join(choices)
        )
    parser.add_argument(
        "--starts", type=int, choices=range(1, 7), default=3, help="of each server, 1 to 6"
    )
    parser.add_argument("--window", type=float, default=2.0, help="seconds")
    parser.add_argument(
        "--quick", action="store_true", help="short windows: shows that it works, not how fast"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
