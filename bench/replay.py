"""Measure how long the replay of a long meeting takes: `make bench-replay`, or `python -m
bench.replay --help`.

It is the time from the request until what the page plays has arrived, for one person on a server
that holds the board already, and on one that was just started; and how long another request waits
meanwhile. The round is revealed, so that all of it is told.
"""

import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import machine, seeding
from bench.generator import FailedError
from bench.harness import Measured, Scenario, options_parser, run_scenarios
from bench.results import REPLAY, Measure
from bench.stackvote import Stackvote, running
from server.domain import actions as act
from server.domain.rules import Names, RoundSettings

ACTIONS = 100_000
QUICK_ACTIONS = 2_000
VOTERS = 5_000
TIMES = 3
PACE = 0.02
"""Seconds between two requests of the other visitor, who would otherwise take half the worker."""
PATH = f"/api/boards/{seeding.CODE}"


def replay(folder: Path, names: Names, *, quick: bool) -> Measured:
    size, times = (QUICK_ACTIONS, 1) if quick else (ACTIONS, TIMES)
    name = f"replay-{names}"
    seeding.seed(folder / name, [(seeding.CODE, _meeting(size))], partial(_first_entries, names))
    held, cold, others, sizes = [], [], [], []
    for _ in range(times):
        with running(folder, name, machine.cores()) as server:
            began = time.monotonic()
            server.call("GET", f"{PATH}/replay")
            cold.append(1000 * (time.monotonic() - began))
        with running(folder, name, machine.cores()) as server:
            server.call("GET", PATH)
            waits = _Waits(server)
            began = time.monotonic()
            told = server.call("GET", f"{PATH}/replay")
            held.append(1000 * (time.monotonic() - began))
            others.append(waits.stop())
            if told["moments"][-1]["state"] != "revealed":
                raise FailedError("the replay does not end with the reveal")
            sizes.append(len(told["moments"]))
    return Measured(
        [
            Measure(f"{size:,} actions, on a board that is held", "ms", held),
            Measure("the same, after the start of the server", "ms", cold),
            Measure("another request meanwhile, the slowest", "ms", others),
            Measure("moments", "", sizes),
        ]
    )


def _first_entries(names: Names, code: str) -> list[bytes]:
    create, _ = seeding.first_entries(code)
    opening = act.OpenRound(method="approval", settings=RoundSettings(names=names))
    return [create, act.encode(act.Entry(action=opening))]


def _meeting(size: int) -> list[bytes]:
    history = seeding.votes_and_comments(size - 1, min(VOTERS, size // 2))
    reveal = act.Entry(rules=act.RULES, action=act.RevealRound(round=1))
    return [*history.entries, act.encode(reveal)]


class _Waits:
    """Asks for something small at a pace, and notes the longest wait."""

    def __init__(self, server: Stackvote) -> None:
        self._server = server
        self._is_over = threading.Event()
        self._slowest = 0.0
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        while not self._is_over.wait(PACE):
            began = time.monotonic()
            self._server.call("GET", "/healthz")
            self._slowest = max(self._slowest, 1000 * (time.monotonic() - began))

    def stop(self) -> float:
        self._is_over.set()
        self._thread.join()
        return self._slowest


def main() -> int:
    options = options_parser("bench.replay", __doc__).parse_args()

    def scenarios(folder: Path) -> Iterator[Scenario]:
        for names in Names:
            measure = partial(replay, folder, names, quick=options.quick)
            yield Scenario(names, f"A round with {names} ballots", measure)

    return run_scenarios(REPLAY, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
