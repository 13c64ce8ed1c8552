"""What counting costs: one vote among 10, 1,000 and 100,000 voters by each method, and a result on
7 and on 50 options. In this process, without a store: `python -m bench.methods`.

A vote is what the domain does with it: the ballot is checked, the voter's earlier one is taken
back, the new one is counted.
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from server.domain.criteria import Criterion
from server.domain.methods import METHODS
from server.domain.options import Option
from server.domain.rounds import Round
from server.domain.rules import RoundSettings

VOTERS = (10, 1_000, 100_000)
OPTIONS = (7, 50)
CRITERIA = tuple(Criterion(id=f"criterion-{n}", name=f"Criterion {n}") for n in range(4))
VOTES, RESULTS = 1_000, 15

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


class Vote(NamedTuple):
    method: str
    voters: int
    microseconds: float


class Counted(NamedTuple):
    method: str
    options: int
    voters: int
    milliseconds: float


def votes() -> list[Vote]:
    """Return the median cost of a vote on 7 options, method by method."""
    return [Vote(id_, voters, _vote(id_, voters)) for id_ in METHODS for voters in VOTERS]


def results() -> list[Counted]:
    """Return the median cost of a result of 1,000 voters, most of whose ballots differ."""
    return [Counted(id_, n, 1_000, _result(id_, n, 1_000)) for id_ in METHODS for n in OPTIONS]


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


def _vote(method: str, voters: int) -> float:
    current, ballot = _voting(method, OPTIONS[0], voters)
    changes = [(str(n % voters), ballot()) for n in range(VOTES)]
    spent = []
    for voter, raw in changes:
        began = time.perf_counter_ns()
        current.cast(voter, current.read(raw))
        spent.append(time.perf_counter_ns() - began)
    return statistics.median(spent) / 1e3


def _result(method: str, options: int, voters: int) -> float:
    current, ballot = _voting(method, options, voters)
    spent = []
    for _ in range(RESULTS):
        # A round remembers its result until somebody votes.
        current.cast("0", current.read(ballot()))
        began = time.perf_counter_ns()
        current.result()
        spent.append(time.perf_counter_ns() - began)
    return statistics.median(spent) / 1e6


def main() -> None:
    cast, counted = votes(), results()
    heads = [f"vote of {voters:,}, µs" for voters in VOTERS]
    heads += [f"result on {options}, ms" for options in OPTIONS]
    print(f"{'':9}", *(f"{head:>20}" for head in heads))
    for id_ in METHODS:
        row = [vote.microseconds for vote in cast if vote.method == id_]
        row += [result.milliseconds for result in counted if result.method == id_]
        print(f"{id_:9}", *(f"{value:20.2f}" for value in row))


if __name__ == "__main__":
    main()
