"""The load generator: compiles the program in `load/`, runs it, and measures CPU time meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bench import machine

HERE = Path(__file__).resolve().parent
SOURCES = sorted((HERE / "load").glob("*.c"))
LONGEST_WINDOW = 290
"""Seconds after which a window ends, even if no one says so."""


class BenchError(Exception):
    """The benchmark cannot continue; the message says why."""


class FailedError(Exception):
    """The server broke a promise; the message says which."""


class Target(Protocol):
    """The system under test: a server, and possibly the store behind it."""

    @property
    def pids(self) -> Sequence[int]: ...

    @property
    def port(self) -> int: ...

    @property
    def store_pid(self) -> int | None: ...


class Board(NamedTuple):
    """A board with an open round, and its live address."""

    path: str
    options: Sequence[str]
    round: int
    protocol: str = "stackvote.v1"
    """The subprotocol; empty for none."""
    adapter: str = "plain"
    """The protocol adapter: `plain`, or `socket.io`, which wraps messages in its own packets."""


class Window(NamedTuple):
    """What was counted in `seconds`, and the CPU seconds used by each process."""

    seconds: float
    frames: int
    tallies: int
    """How many of the frames were tallies."""
    acks: int
    server: float
    store: float
    generator: float
    others: float
    """All other processes on these cores."""


class Load(NamedTuple):
    """A board of several that are loaded at once, and how many people vote on it."""

    board: Board
    ports: Sequence[int]
    """Of the servers; people are spread over them in turn."""
    clients: int
    rate: float
    """Votes a second."""


class Together(NamedTuple):
    """What several loads did in `seconds`, and how much CPU time that took, in seconds."""

    seconds: float
    votes: int
    used: dict[str, float]
    """By `server` (all workers), `store`, `generator`, `others`."""
    acks: list[dict[str, float]]
    """For each load, from vote to `ack`, as p50, p95, p99 and max in milliseconds."""


class Run(NamedTuple):
    windows: list[Window]
    latencies: list[dict[str, Any]]
    """One per window: from vote to `ack` and to `delivery` of its tally to other clients, each as
    p50, p95, p99 and max in milliseconds.
    """
    welcome: dict[str, float]
    """The same for a burst, from connecting to the welcome. Empty without a burst."""
    votes: int
    """The total, including votes outside the windows."""
    tally_bytes: int
    """The size of a tally, without its frame's header."""


class Generator:
    """The compiled program, and the core it runs on."""

    def __init__(self, folder: Path, cores: machine.Cores) -> None:
        self._program = folder / "load"
        self._cores = cores
        compiler = os.environ.get("CC", "cc")
        if shutil.which(compiler) is None:
            raise BenchError(
                f"There is no C compiler ({compiler}), which the load generator needs. "
                "On Debian: apt install gcc libc6-dev. Another one: CC=clang make bench."
            )
        command = [compiler, "-O2", "-o", str(self._program), *map(str, SOURCES), "-lm"]
        compiled = subprocess.run(command, capture_output=True, text=True, check=False)
        if compiled.returncode:
            raise BenchError(f"The load generator does not compile:\n{compiled.stderr}")

    def run(self, target: Target, board: Board, cookies: Path, **workload: str | float) -> Run:
        """Run a workload; see `load/workload.h` for its options. Raises FailedError."""
        with self._started(target, board, cookies, workload) as process:
            snapshots, last = [], {}
            for line in process.stdout or ():
                last = _parse(line)
                if "at" in last:
                    snapshots.append((last, self._cpu_seconds(target, process.pid)))
        if process.returncode == -signal.SIGALRM:
            raise FailedError("the run took two minutes longer than planned")
        if process.returncode or "windows" not in last:
            raise FailedError(f"the load generator exited with {process.returncode}: {last}")
        windows = [_window(*before, *after) for before, after in pairwise(snapshots)]
        return Run(windows, last["windows"], last["welcome"], last["votes"], last["tally_bytes"])

    def run_together(
        self, target: Target, loads: Sequence[Load], cookies: Path, *, warmup: float, seconds: float
    ) -> Together:
        """Run workloads at once, and measure for `seconds` while all of them are under way.

        One connects after the other; `warmup` begins when all are connected. Raises FailedError.
        """
        with ExitStack() as started:
            processes = []
            for load in loads:
                running = self._started(target, load.board, cookies, _options(load))
                processes.append(started.enter_context(running))
                _read_until(processes[-1], "connected")
            for process in processes:
                _read_until(process, "at")
            time.sleep(warmup)
            generators = [process.pid for process in processes]
            edges, used, times = [], [], []
            for pause in (seconds, 0):
                for process in processes:
                    process.send_signal(signal.SIGUSR1)
                edges.append([_read_until(process, "at") for process in processes])
                used.append(self._cpu_seconds(target, *generators))
                times.append(time.monotonic())
                time.sleep(pause)
            reports = [_read_until(process, "windows") for process in processes]
        votes = sum(end["acks"] - start["acks"] for start, end in zip(*edges, strict=True))
        return Together(
            times[1] - times[0],
            votes,
            {name: used[1][name] - used[0][name] for name in used[0]},
            [report["windows"][1]["ack"] for report in reports],
        )

    @contextmanager
    def idle(
        self, target: Target, board: Board, cookies: Path, clients: int, *, view: str = "ballot"
    ) -> Iterator[None]:
        """Keep idle clients connected for the duration. Raises FailedError."""
        workload = {"clients": clients, "loop": "idle", "view": view}
        with self._started(target, board, cookies, workload) as process:
            if process.stdin is None or process.stdout is None:
                raise BenchError("The load generator was started without pipes.")
            _parse(process.stdout.readline())
            yield
            process.stdin.close()
            if line := process.stdout.readline():
                _parse(line)

    @contextmanager
    def _started(
        self, target: Target, board: Board, cookies: Path, workload: dict[str, Any]
    ) -> Iterator[subprocess.Popen[str]]:
        arguments = {
            "port": target.port,
            "path": board.path,
            "options": ",".join(board.options),
            "round": board.round,
            "cookies": cookies,
            "protocol": board.protocol,
            "adapter": board.adapter,
            **workload,
        }
        options = [
            word
            for name, value in arguments.items()
            for word in (f"--{name.replace('_', '-')}", str(value))
        ]
        process = subprocess.Popen(
            [str(self._program), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        try:
            machine.pin(process.pid, self._cores.generator)
            yield process
            # It sets an alarm, so it always ends.
            process.wait()
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def _cpu_seconds(self, target: Target, *generators: int) -> dict[str, float]:
        used = {
            "server": sum(map(machine.cpu_seconds, target.pids)),
            "store": machine.cpu_seconds(target.store_pid) if target.store_pid else 0.0,
            "generator": sum(map(machine.cpu_seconds, generators)),
        }
        return {**used, "others": machine.busy_seconds(set(self._cores)) - sum(used.values())}


def _options(load: Load) -> dict[str, Any]:
    """Return the options of a load of two windows, which end when it is told."""
    return {
        "port": ",".join(map(str, load.ports)),
        "clients": load.clients,
        "voters": load.clients,
        "rate": load.rate,
        "windows": 2,
        "warmup": 0,
        "seconds": LONGEST_WINDOW,
    }


def _read_until(process: subprocess.Popen[str], key: str) -> dict[str, Any]:
    """Read reports up to the first one with this key, and return it. Raises FailedError."""
    report: dict[str, Any] = {}
    while key not in report:
        report = _parse(process.stdout.readline() if process.stdout else "")
    return report


def _parse(line: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(line or '{"failed": "the load generator printed nothing"}')
    if "failed" in report:
        raise FailedError(report["failed"])
    return report


def _window(
    before: dict[str, Any],
    used_before: dict[str, float],
    after: dict[str, Any],
    used_after: dict[str, float],
) -> Window:
    used = {name: used_after[name] - used_before[name] for name in used_after}
    # The kernel counts in ticks, so the difference could be negative.
    used["others"] = max(0.0, used["others"])
    return Window(
        seconds=after["at"] - before["at"],
        frames=after["frames"] - before["frames"],
        tallies=after["tallies"] - before["tallies"],
        acks=after["acks"] - before["acks"],
        **used,
    )
