"""Measure what people leave behind: `make bench-soak`, or `python -m bench.soak --help`."""

import itertools
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import machine
from bench.generator import BenchError
from bench.measuring import Bench, Effort, Measured, Scenario, parser, produce
from bench.results import SOAK, Measure
from bench.stackvote import Stackvote, running

WORKERS = 2
PEOPLE = 4000
REGULARS = 500
"""People who vote, and come with every wave: each of them keeps one ballot on the board."""
FIRST_WAVES, FIRST_VOTES = 10, 80_000
"""Waves, and votes, before memory is looked at. By then all is full that has a limit: a board
remembers its last 65,536 messages, and each worker how much the last 10,000 seats have sent."""


class Soak:
    """Waves of people who open the page, connect, and go."""

    def __init__(self, bench: Bench, server: Stackvote) -> None:
        self._bench = bench
        self._server = server
        self._board = server.open_board()
        self._regulars = bench.cookies.read_text()
        self.votes = 0

    def wave(self, seconds: float) -> None:
        """Have so many people come, all but the regulars for the first time; some vote."""
        cookies = self._bench.folder / "cookies-wave"
        self._server.write_cookies(self._board, PEOPLE - REGULARS, cookies)
        cookies.write_text(self._regulars + cookies.read_text())
        run = self._bench.generator.run(
            self._server,
            self._board,
            cookies,
            clients=PEOPLE,
            voters=REGULARS,
            next="ack",
            first=self.votes,
            warm=0.2,
            seconds=seconds,
        )
        self.votes += run.votes

    def rest(self) -> float:
        """Return the workers' memory with nobody there, in MiB. Raises BenchError."""
        # A worker takes its time to see thousands off, and is at no rest before.
        for _ in range(300):
            if not self._server.people(self._board):
                return self._server.resident_kib() / 1024
            time.sleep(0.1)
        raise BenchError("Some people do not leave.")


def soak(bench: Bench, waves: int, seconds: float) -> Measured:
    with running(bench.folder, "soak", bench.cores, WORKERS) as server:
        soaking = Soak(bench, server)
        for number in itertools.count(1):
            soaking.wave(1.0)
            if number >= FIRST_WAVES and soaking.votes >= FIRST_VOTES:
                break
        before, store, began = soaking.rest(), _store_mib(server), time.monotonic()
        for number in range(1, waves + 1):
            soaking.wave(1.0)
            # Spread over the time that there is; a wave takes longer on a slow machine.
            time.sleep(max(0.0, number / waves * seconds - (time.monotonic() - began)))
        after, took = soaking.rest(), time.monotonic() - began
        measures = [
            Measure("connections that came and went", "", [waves * PEOPLE]),
            Measure("votes", "", [soaking.votes]),
            Measure("in", "s", [took]),
            Measure("memory of the workers at rest, before", "MiB", [before]),
            Measure("memory of the workers at rest, after", "MiB", [after]),
            Measure("memory of the workers, change", "%", [100 * (after - before) / before]),
            Measure("memory of the store, which keeps all votes, before", "MiB", [store]),
            Measure(
                "memory of the store, which keeps all votes, after", "MiB", [_store_mib(server)]
            ),
        ]
    return Measured(measures)


def _store_mib(server: Stackvote) -> float:
    if server.store_pid is None:
        raise BenchError("The server has no store of its own.")
    return machine.resident_kib(server.store_pid) / 1024


def main() -> int:
    given = parser("bench.soak", __doc__).parse_args()
    waves, seconds = (3, 20.0) if given.quick else (25, 600.0)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, Effort(1, 0, 0, 0), REGULARS)
        title = f"Waves of {PEOPLE:,} people, {WORKERS} workers"
        yield Scenario("soak", title, partial(soak, bench, waves, seconds))

    return produce(SOAK, scenarios, given)


if __name__ == "__main__":
    sys.exit(main())
