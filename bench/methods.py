"""Measure what counting costs, in this process and without a store: `make bench-methods`, or
`python -m bench.methods --help`.

A vote is what the domain does with it: the ballot is checked, the voter's earlier one is taken
back, the new one is counted. A result is of 1,000 voters, most of whose ballots differ.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.measuring import Measured, Scenario, parser, produce
from bench.results import COUNTING, Measure
from server.domain.criteria import Criterion
from server.domain.methods import METHODS
from server.domain.options import Option
from server.domain.rounds import Round
from server.domain.rules import RoundSettings

VOTERS = (10, 1_000, 100_000)
FEWER = VOTERS[:2]
OPTIONS = (7, 50)
CRITERIA = tuple(Criterion(id=f"criterion-{n}", name=f"Criterion {n}") for n in range(4))
VOTES, RESULTS, WINDOWS = 1_000, 15, 5

Ballot = dict[str, Any]
Make = Callable[[random.Random, list[str]], Ballot]


def _dots(dice: random.Random, ids: list[str]) -> Ballot:
    first, second = dice.sample(ids, 2)
    return {"dots": {first: 3, second: 2}}


def _ranked(dice: random.Random, ids: list[str]) -> Ballot:
    return {"ranking": [[option] for option in dice.sample(ids, len(ids))]}


def _matrix(dice: random.Random, ids: list[str]) -> Ballot:
    rows = {o: {criterion.id: dice.randint(0, 5) for criterion in CRITERIA} for o in ids}
    return {"scores": rows}


BALLOTS: dict[str, Make] = {
    "approval": lambda dice, ids: {"approve": dice.sample(ids, 3)},
    "score": lambda dice, ids: {"scores": {option: dice.randint(0, 5) for option in ids}},
    "ranked": _ranked,
    "dots": _dots,
    "single": lambda dice, ids: {"choice": dice.choice(ids)},
    "matrix": _matrix,
}


def _voting(method: str, options: int, voters: int) -> tuple[Round, Callable[[], Ballot]]:
    dice = random.Random(f"{method} {options}")
    ids = [f"option-{n}" for n in range(options)]
    listed = tuple(Option(id=id_, name=id_) for id_ in ids)
    current = Round(1, method, RoundSettings(), listed, 0, criteria=CRITERIA)

    def ballot() -> Ballot:
        return BALLOTS[method](dice, ids)

    for n in range(voters):
        current.cast(str(n), current.read(ballot()))
    return current, ballot


def _vote(method: str, voters: int, windows: int) -> list[float]:
    current, ballot = _voting(method, OPTIONS[0], voters)
    return [_median(current, ballot, voters) / 1e3 for _ in range(windows)]


def _median(current: Round, ballot: Callable[[], Ballot], voters: int) -> float:
    changes = [(str(n % voters), ballot()) for n in range(VOTES)]
    spent = []
    for voter, raw in changes:
        began = time.perf_counter_ns()
        current.cast(voter, current.read(raw))
        spent.append(time.perf_counter_ns() - began)
    return statistics.median(spent)


def _result(method: str, options: int, times: int) -> list[float]:
    current, ballot = _voting(method, options, FEWER[-1])
    spent = []
    for _ in range(times):
        # A round remembers its result until somebody votes.
        current.cast("0", current.read(ballot()))
        began = time.perf_counter_ns()
        current.result()
        spent.append((time.perf_counter_ns() - began) / 1e6)
    return spent


def counting(method: str, *, quick: bool) -> Measured:
    """Measure one method: a vote among ever more voters, a result on ever more options."""
    crowds, windows, times = (FEWER, 1, 1) if quick else (VOTERS, WINDOWS, RESULTS)
    votes = [
        Measure(f"a vote among {voters:,}", "µs", _vote(method, voters, windows))
        for voters in crowds
    ]
    results = [
        Measure(f"a result on {options} options", "ms", _result(method, options, times))
        for options in OPTIONS
    ]
    return Measured([*votes, *results])


def main() -> int:
    given = parser("bench.methods", __doc__, list(METHODS)).parse_args()

    def scenarios(_: Path) -> Iterator[Scenario]:
        for id_ in given.only or METHODS:
            yield Scenario(id_, f"`{id_}`", partial(counting, id_, quick=given.quick))

    return produce(COUNTING, scenarios, given)


if __name__ == "__main__":
    sys.exit(main())
