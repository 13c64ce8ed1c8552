"""The load generator: compiled when needed, run, and measured while it runs."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bench import machine

HERE = Path(__file__).resolve().parent
SOURCES = [
    HERE / f"{name}.c"
    for name in ("load", "arrivals", "people", "delays", "dialect", "websocket", "json")
]


class BenchError(Exception):
    """The benchmark cannot go on; the message says why."""


class FailedError(Exception):
    """The server broke a promise; the message says which."""


class Target(Protocol):
    """What is measured: a server, and perhaps the store behind it."""

    @property
    def pids(self) -> Sequence[int]: ...

    @property
    def port(self) -> int: ...

    @property
    def store_pid(self) -> int | None: ...


class Board(NamedTuple):
    """A board with an open round, and where it is live."""

    path: str
    options: Sequence[str]
    round: int
    protocol: str = "stackvote.v1"
    """The subprotocol; empty for none."""
    dialect: str = "plain"
    """How messages are wrapped: `plain`, or as `socket.io` does it."""


class Window(NamedTuple):
    """What was counted, and spent in CPU seconds, in `seconds`."""

    seconds: float
    frames: int
    tallies: int
    """How many of the frames were tallies."""
    acks: int
    server: float
    store: float
    generator: float
    others: float
    """By processes that have no part in this."""


class Run(NamedTuple):
    windows: list[Window]
    delays: list[dict[str, Any]]
    """One a window: `ack` and `screen`, each p50, p95, p99 and max in milliseconds."""
    welcome: dict[str, float]
    """The same of a crowd: from coming to the welcome. Empty where none came."""
    votes: int
    """All of them, also those outside of the windows."""
    tally_bytes: int
    """How large a tally was, without the head of its frame."""


class Generator:
    """The compiled program, and on which core it runs."""

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

    def run(self, target: Target, board: Board, cookies: Path, **plan: str | float) -> Run:
        """Let people vote for some windows. Raises FailedError."""
        with self._started(target, board, cookies, plan) as process:
            marks, last = [], {}
            for line in process.stdout or ():
                last = _read(line)
                if "at" in last:
                    marks.append((last, self._spent(target, process.pid)))
        if process.returncode == -signal.SIGALRM:
            raise FailedError("the server was not done in two minutes more than it had")
        if process.returncode or "windows" not in last:
            raise FailedError(f"the generator ended with {process.returncode}: {last}")
        windows = [_window(*before, *after) for before, after in pairwise(marks)]
        return Run(windows, last["windows"], last["welcome"], last["votes"], last["tally_bytes"])

    @contextmanager
    def idle(self, target: Target, board: Board, cookies: Path, clients: int) -> Iterator[None]:
        """Have people connected who do nothing, for as long as this is open."""
        plan = {"clients": clients, "next": "never"}
        with self._started(target, board, cookies, plan) as process:
            if process.stdin is None or process.stdout is None:
                raise BenchError("The generator was started without pipes.")
            _read(process.stdout.readline())
            yield
            process.stdin.close()
            if said := process.stdout.readline():
                _read(said)

    @contextmanager
    def _started(
        self, target: Target, board: Board, cookies: Path, plan: dict[str, Any]
    ) -> Iterator[subprocess.Popen[str]]:
        arguments = {
            "port": target.port,
            "path": board.path,
            "options": ",".join(board.options),
            "round": board.round,
            "cookies": cookies,
            "protocol": board.protocol,
            "dialect": board.dialect,
            **plan,
        }
        words = [word for name, value in arguments.items() for word in (f"--{name}", str(value))]
        process = subprocess.Popen(
            [str(self._program), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        try:
            machine.pin(process.pid, self._cores.generator)
            yield process
            # It has an alarm set, so there is an end to everything it does.
            process.wait()
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def _spent(self, target: Target, generator: int) -> dict[str, float]:
        spent = {
            "server": sum(map(machine.cpu_seconds, target.pids)),
            "store": machine.cpu_seconds(target.store_pid) if target.store_pid else 0.0,
            "generator": machine.cpu_seconds(generator),
        }
        return {**spent, "others": machine.busy_seconds(set(self._cores)) - sum(spent.values())}


def _read(line: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(line or '{"failed": "the generator said nothing"}')
    if "failed" in said:
        raise FailedError(said["failed"])
    return said


def _window(
    before: dict[str, Any],
    spent_before: dict[str, float],
    after: dict[str, Any],
    spent_after: dict[str, float],
) -> Window:
    spent = {name: spent_after[name] - spent_before[name] for name in spent_after}
    # The kernel counts in ticks here, so that nothing can come out as less.
    spent["others"] = max(0.0, spent["others"])
    return Window(
        seconds=after["at"] - before["at"],
        frames=after["frames"] - before["frames"],
        tallies=after["tallies"] - before["tallies"],
        acks=after["acks"] - before["acks"],
        **spent,
    )
