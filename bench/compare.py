"""Compare Stackvote with its peers in interleaved runs: `make bench-all`, or `python -m
bench.compare --help`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from bench import comparison, machine, peer, results, stackvote, store_baseline
from bench.comparison import Comparison, Row
from bench.generator import BenchError, Board, FailedError, Generator, Run, Target, Window
from bench.harness import HERE
from bench.peer import PEERS
from bench.run import FIRST_CLIENTS, IDLE
from server.store.embedded import EmbeddedStore

STACKVOTE, UNTHROTTLED, STORE = "stackvote", "stackvote-unthrottled", "store"
TALLY_WINDOWS = {STACKVOTE: 0, UNTHROTTLED: 1}
"""Milliseconds; 0 adapts to the load. Stackvote deliberately waits between tallies, and then wakes
up with cold caches. Unthrottled, it sends tallies like the peers.
"""
IDLE_TALLY_WINDOW = 1000
"""Milliseconds, for scenarios in which peers send no tally until votes have stopped."""
SERVERS = [*TALLY_WINDOWS, *PEERS, STORE]
BROADCAST_VOTERS = 4
"""Each votes again once it has received the tally of its vote, so there is always one to send."""

WINDOWS = 6
"""The minimum for each server in each scenario, over all its starts."""
UNTHROTTLED_RATE = 400
"""Votes per second, so that after a tally there is almost always another to send. Each vote goes
through the log, and its cost is included in the result.
"""
PACED_FRAMES = 20_000
"""Per second, in scenarios that give all servers the same work."""


TITLES = {
    STACKVOTE: "**Stackvote**",
    UNTHROTTLED: "**Stackvote**, tallies unthrottled",
    STORE: "the store alone, 100 votes per call",
}


class Sampling(NamedTuple):
    """How often each server is started, and how its windows are measured, in seconds."""

    starts: int
    windows: int
    window: float
    warmup: float


class Candidate(Target, Protocol):
    """One of the servers compared: Stackvote or a peer."""

    def resident_kib(self) -> int: ...


class Bench:
    """What all scenarios share."""

    def __init__(self, folder: Path, sampling: Sampling, clients: int) -> None:
        self.folder = folder
        self.sampling = sampling
        self.cores = machine.cores()
        self.generator = Generator(folder, self.cores)
        self.cookies = folder / "cookies"
        self._started = 0
        peer.prepare(folder)
        with stackvote.running(folder, "cookies-server", self.cores) as server:
            board = server.open_board()
            server.write_cookies(board, clients, self.cookies)
            self._options = board.options
            # The size of a real tally, so that those of the peers are as large.
            run = self.generator.run(
                server, board, self.cookies, clients=clients, voters=clients, loop="ack"
            )
            self.tally_bytes = run.tally_bytes

    @contextmanager
    def running(self, name: str, tallies: str) -> Iterator[tuple[Candidate, Board]]:
        self._started += 1
        if name in TALLY_WINDOWS:
            run = f"run-{self._started}"
            window = IDLE_TALLY_WINDOW if tallies == "when-idle" else TALLY_WINDOWS[name]
            with stackvote.running(self.folder, run, self.cores, tally_window=window) as server:
                try:
                    yield server, server.open_board()
                except FailedError as error:
                    raise peer.with_last_output(error, self.folder / f"{run}.log") from error
            return
        settings = {
            "TALLIES": tallies,
            "OPTIONS": ",".join(self._options),
            "TALLY_BYTES": str(self.tally_bytes),
        }
        with peer.running(PEERS[name], self.folder, self.cores, settings) as server:
            yield server, peer.board(PEERS[name], self._options)

    def load(self, name: str, tallies: str, **workload: str | float) -> Run:
        """Start a server and run a workload on it. Raises FailedError."""
        sampling = self.sampling
        times = {"windows": sampling.windows, "warmup": sampling.warmup, "seconds": sampling.window}
        with self.running(name, tallies) as (server, board):
            run = self.generator.run(server, board, self.cookies, **times, **workload)
        # If a server sends so much that the end of a window is noticed late, the next one is over
        # as soon as it begins, and measures nothing.
        complete = [window for window in run.windows if window.seconds > sampling.window / 2]
        if not complete:
            raise FailedError("it kept the load generator so busy that no window was complete")
        return run._replace(windows=complete)


class Measured(NamedTuple):
    """One value per window, a second one if the scenario has it, and the windows themselves."""

    values: list[float]
    secondary: Sequence[float] = ()
    windows: Sequence[Window] = ()


def broadcast(bench: Bench, name: str, clients: int) -> Measured:
    workload: dict[str, str | float] = {"clients": clients}
    if name == UNTHROTTLED:
        workload |= {"voters": clients, "rate": UNTHROTTLED_RATE}
    else:
        workload |= {"voters": BROADCAST_VOTERS, "loop": "tally"}
    windows = bench.load(name, "per-vote", **workload).windows
    return Measured(
        [w.frames / w.server for w in windows], [w.frames / w.seconds for w in windows], windows
    )


def paced(bench: Bench, name: str, clients: int) -> Measured:
    windows = bench.load(
        name, "per-vote", clients=clients, voters=clients, rate=PACED_FRAMES / clients
    ).windows
    return Measured(
        [w.frames / w.server for w in windows], [w.frames / w.seconds for w in windows], windows
    )


def votes(bench: Bench, name: str, clients: int) -> Measured:
    windows = bench.load(name, "when-idle", clients=clients, voters=clients, loop="ack").windows
    return Measured(
        [w.acks / w.server for w in windows], [w.acks / w.seconds for w in windows], windows
    )


def durable(bench: Bench, name: str, clients: int) -> Measured:
    if name == STORE:
        with (
            tempfile.TemporaryDirectory(dir=bench.folder) as data,
            EmbeddedStore(Path(data)) as store,
        ):
            machine.pin(store.pid, bench.cores.store)
            sampling = bench.sampling
            windows = store_baseline.measure(store, sampling.windows, sampling.window, bench.cores)
    else:
        windows = bench.load(name, "when-idle", clients=clients, voters=clients, loop="ack").windows
    return Measured(
        [w.acks / w.seconds for w in windows], [w.acks / w.server for w in windows], windows
    )


def memory(bench: Bench, name: str, clients: int) -> Measured:
    cookies = bench.cookies.read_text().splitlines(keepends=True)
    first, rest = bench.folder / "cookies-first", bench.folder / "cookies-rest"
    first.write_text("".join(cookies[:FIRST_CLIENTS]))
    rest.write_text("".join(cookies[FIRST_CLIENTS:clients]))
    with (
        bench.running(name, "when-idle") as (server, board),
        bench.generator.idle(server, board, first, FIRST_CLIENTS),
    ):
        before = server.resident_kib()
        with bench.generator.idle(server, board, rest, clients - FIRST_CLIENTS):
            return Measured([(server.resident_kib() - before) / (clients - FIRST_CLIENTS)])


class Scenario(NamedTuple):
    title: str
    unit: str
    secondary_unit: str
    """Empty if there is no second value."""
    clients: int
    measure: Callable[[Bench, str, int], Measured]
    servers: Sequence[str]


ALL = [name for name in SERVERS if name not in {"tornado-redis", "ws-redis", UNTHROTTLED, STORE}]
PACED = [STACKVOTE, "tornado", "websockets", "ws", "c"]
SCENARIOS = {
    "broadcast-1000": Scenario(
        "A tally to 1,000 clients",
        "frames per CPU second of the server",
        "frames per second",
        1000,
        broadcast,
        [UNTHROTTLED, *ALL],
    ),
    "broadcast-5000": Scenario(
        "A tally to 5,000 clients",
        "frames per CPU second of the server",
        "frames per second",
        5000,
        broadcast,
        [UNTHROTTLED, *ALL],
    ),
    "paced-1000": Scenario(
        "20 tallies per second to 1,000 clients",
        "frames per CPU second of the server",
        "frames per second",
        1000,
        paced,
        PACED,
    ),
    "paced-5000": Scenario(
        "4 tallies per second to 5,000 clients",
        "frames per CPU second of the server",
        "frames per second",
        5000,
        paced,
        PACED,
    ),
    "votes": Scenario(
        "Votes of 1,000 clients",
        "votes per CPU second of the server",
        "votes per second",
        1000,
        votes,
        ALL,
    ),
    "durable": Scenario(
        "Durable votes of 1,000 clients",
        "votes per second",
        "votes per CPU second of the server",
        1000,
        durable,
        [STACKVOTE, "ws-redis", "tornado-redis", STORE],
    ),
    "memory": Scenario(
        "An idle connection",
        "KiB per connection",
        "",
        FIRST_CLIENTS + IDLE,
        memory,
        [STACKVOTE, "tornado", "ws"],
    ),
}


def main() -> int:
    options = _parser().parse_args()
    names = options.only or list(SCENARIOS)
    sampling = Sampling(options.starts, -(-WINDOWS // options.starts), options.window, 0.7)
    if options.quick:
        sampling = Sampling(1, 1, 0.6, 0.3)
    started_at = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="data-", dir=HERE) as folder:
            clients = max(SCENARIOS[name].clients for name in names)
            bench = Bench(Path(folder), sampling, clients)
            conditions = results.conditions_now(_measured(bench), _command())
            compared = [_compare(bench, name, options.servers or SERVERS) for name in names]
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for one in compared:
        print("", *comparison.table_lines(one), sep="\n")
    print(f"\n{time.monotonic() - started_at:.0f} s")
    if names := comparison.disturbed(compared):
        print(
            f"bench: other processes kept the machine busy during {', '.join(names)}",
            file=sys.stderr,
        )
    if stackvote.source_hash() != conditions["server's files"]:
        print("bench: the server's files changed during the measurement", file=sys.stderr)
        return 2
    if not (options.quick or options.only or options.servers):
        comparison.write(HERE, conditions, compared)
        print("Written: bench/RESULTS.md, bench/peers.json, bench/peers-*.svg")
    failed = [
        row for each in compared for row in each.rows if row.server in TALLY_WINDOWS and row.failed
    ]
    return 1 if failed else 0


def _measured(bench: Bench) -> dict[str, str]:
    return {
        "commit": stackvote.commit(),
        "server's files": stackvote.source_hash(),
        "tally": f"{bench.tally_bytes} bytes",
        **peer.versions(),
        **machine.description(bench.folder),
    }


def _compare(bench: Bench, name: str, servers: Sequence[str]) -> Comparison:
    """Measure all servers in turn, several times, so that disturbances affect all of them alike."""
    scenario = SCENARIOS[name]
    rows = {one: Row(one, _title(one)) for one in scenario.servers if one in servers}
    starts = bench.sampling.starts
    if scenario.measure is memory:
        starts *= bench.sampling.windows  # A start yields only one value there.
    for start in range(starts):
        for row in rows.values():
            if row.failed:
                continue
            print(f"{name} {start + 1}/{starts} {row.server}", end=" ", flush=True)
            try:
                measured = scenario.measure(bench, row.server, scenario.clients)
            except FailedError as error:
                row.failed = str(error)
                print(f"FAILED: {error}", flush=True)
            else:
                row.values += measured.values
                row.secondary += measured.secondary
                row.windows += measured.windows
                print(*(f"{value:,.1f}" for value in measured.values), flush=True)
    return Comparison(
        name, scenario.title, scenario.unit, scenario.secondary_unit, list(rows.values())
    )


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
        "--quick",
        action="store_true",
        help="short windows: shows that it works, not how fast it is",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
