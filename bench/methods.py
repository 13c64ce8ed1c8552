"""Measure the cost of counting, in this process and without a store: `make bench-methods`, or
`python -m bench.methods --help`.

A vote is the work of the domain alone: it validates the ballot, subtracts the voter's earlier one,
and counts the new one. A result is that of 1,000 voters, most of whose ballots differ.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.harness import Measured, Scenario, options_parser, run_scenarios
from bench.results import COUNTING, Measure
from server.domain.criteria import Criterion
from server.domain.methods import METHODS
from server.domain.options import Option
from server.domain.rounds import Round, State
from server.domain.rules import RoundSettings

VOTERS = (10, 1_000, 100_000)
QUICK_VOTERS = VOTERS[:2]
OPTIONS = (7, 50)
CRITERIA = tuple(Criterion(id=f"criterion-{n}", name=f"Criterion {n}") for n in range(4))
VOTES, RESULTS, WINDOWS = 1_000, 15, 5
JUDGED, VERDICTS = 10_000, 5

Ballot = dict[str, Any]
MakeBallot = Callable[[random.Random, list[str]], Ballot]


def _dots(rng: random.Random, ids: list[str]) -> Ballot:
    first, second = rng.sample(ids, 2)
    return {"dots": {first: 3, second: 2}}


def _ranked(rng: random.Random, ids: list[str]) -> Ballot:
    return {"ranking": [[option] for option in rng.sample(ids, len(ids))]}


def _matrix(rng: random.Random, ids: list[str]) -> Ballot:
    rows = {o: {criterion.id: rng.randint(0, 5) for criterion in CRITERIA} for o in ids}
    return {"scores": rows}


BALLOTS: dict[str, MakeBallot] = {
    "approval": lambda rng, ids: {"approve": rng.sample(ids, 3)},
    "score": lambda rng, ids: {"scores": {option: rng.randint(0, 5) for option in ids}},
    "ranked": _ranked,
    "dots": _dots,
    "single": lambda rng, ids: {"choice": rng.choice(ids)},
    "matrix": _matrix,
}


def _round_with_votes(method: str, options: int, voters: int) -> tuple[Round, Callable[[], Ballot]]:
    rng = random.Random(f"{method} {options}")
    ids = [f"option-{n}" for n in range(options)]
    board_options = tuple(Option(id=id_, name=id_) for id_ in ids)
    current = Round(1, method, RoundSettings(), board_options, 0, criteria=CRITERIA)

    def ballot() -> Ballot:
        return BALLOTS[method](rng, ids)

    for n in range(voters):
        current.cast(str(n), current.read(ballot()))
    return current, ballot


def _vote_us(method: str, voters: int, windows: int) -> list[float]:
    current, ballot = _round_with_votes(method, OPTIONS[0], voters)
    return [_median_ns(current, ballot, voters) / 1e3 for _ in range(windows)]


def _median_ns(current: Round, ballot: Callable[[], Ballot], voters: int) -> float:
    changes = [(str(n % voters), ballot()) for n in range(VOTES)]
    durations = []
    for voter, raw in changes:
        started_at = time.perf_counter_ns()
        current.cast(voter, current.read(raw))
        durations.append(time.perf_counter_ns() - started_at)
    return statistics.median(durations)


def _result_ms(method: str, options: int, times: int) -> list[float]:
    current, ballot = _round_with_votes(method, options, QUICK_VOTERS[-1])
    durations = []
    for _ in range(times):
        # A round caches its result until the next vote.
        current.cast("0", current.read(ballot()))
        started_at = time.perf_counter_ns()
        current.result()
        durations.append((time.perf_counter_ns() - started_at) / 1e6)
    return durations


def _verdict_ms(method: str, voters: int, times: int) -> tuple[list[float], list[float]]:
    """Measure all that is computed after a reveal, how sure the result is included: the whole, and
    its longest step, for which the event loop stands still.
    """
    current, ballot = _round_with_votes(method, OPTIONS[0], voters)
    current.set_state(State.REVEALED)
    whole, longest = [], []
    for _ in range(times):
        current.cast("0", current.read(ballot()))
        steps = [*_steps_ms(current.counting())]
        whole.append(sum(steps))
        longest.append(max(steps))
    return whole, longest


def _steps_ms(work: Iterator[None]) -> Iterator[float]:
    is_over = False
    while not is_over:
        started_at = time.perf_counter_ns()
        is_over = next(work, True) is True
        yield (time.perf_counter_ns() - started_at) / 1e6


def counting(method: str, *, quick: bool) -> Measured:
    """Measure a method: a vote by number of voters, a result by number of options."""
    voter_counts, windows, times = (QUICK_VOTERS, 1, 1) if quick else (VOTERS, WINDOWS, RESULTS)
    votes = [
        Measure(f"a vote among {voters:,}", "µs", _vote_us(method, voters, windows))
        for voters in voter_counts
    ]
    results = [
        Measure(f"a result on {options} options", "ms", _result_ms(method, options, times))
        for options in OPTIONS
    ]
    judged, judging = (QUICK_VOTERS[-1], 1) if quick else (JUDGED, VERDICTS)
    whole, longest = _verdict_ms(method, judged, judging)
    verdict = [
        Measure(f"a verdict on {judged:,} ballots", "ms", whole),
        Measure("its longest step", "ms", longest),
    ]
    return Measured([*votes, *results, *verdict])


def main() -> int:
    options = options_parser("bench.methods", __doc__, list(METHODS)).parse_args()

    def scenarios(_: Path) -> Iterator[Scenario]:
        for id_ in options.only or METHODS:
            yield Scenario(id_, f"`{id_}`", partial(counting, id_, quick=options.quick))

    return run_scenarios(COUNTING, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
