"""What counting costs, in calls: a number that no other program on the machine can change."""

import random
import sys

import pytest

from server.domain.criteria import MAX_CRITERIA, Criterion
from server.domain.limits import MAX_OPTIONS
from server.domain.methods import METHODS
from server.domain.options import Option
from server.domain.rounds import Round
from server.domain.rules import RoundSettings

IDS = [f"option-{n}" for n in range(MAX_OPTIONS)]
WEIGHTS = (1, 5e-324, 100, 0.1, 33.333333333333336)
CRITERIA = tuple(
    Criterion(id=f"c{n}", name=f"Criterion {n}", weight=WEIGHTS[n % len(WEIGHTS)])
    for n in range(MAX_CRITERIA)
)
LARGEST = {
    "single": lambda dice: {"choice": dice.choice(IDS)},
    "approval": lambda dice: {"approve": dice.sample(IDS, MAX_OPTIONS)},
    "dots": lambda dice: {"dots": dict.fromkeys(dice.sample(IDS, MAX_OPTIONS), 2)},
    "score": lambda dice: {"scores": {option: dice.randint(0, 5) for option in IDS}},
    "ranked": lambda dice: {"ranking": [[option] for option in dice.sample(IDS, MAX_OPTIONS)]},
    "matrix": lambda dice: {
        "scores": {o: {c.id: dice.randint(0, 5) for c in CRITERIA} for o in IDS}
    },
}
A_MARK = 6
"""Calls for each mark on a ballot at most; a matrix has a thousand marks, and some for the rows."""


def calls(work):
    """Count the functions that are called, those of the interpreter included."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("method", METHODS)
def test_a_vote_costs_what_is_on_it_and_not_what_others_voted(method):
    dice = random.Random(method)
    own = {"dots": 100} if method == "dots" else {}
    options = tuple(Option(id=id_, name=id_) for id_ in IDS)
    current = Round(1, method, RoundSettings(**own), options, 0, criteria=CRITERIA)

    def vote(voter):
        raw = LARGEST[method](dice)
        return calls(lambda: current.cast(voter, current.read(raw)))

    few = max(vote(f"{n}") for n in range(20))
    for n in range(600):
        current.cast(f"{n}", current.read(LARGEST[method](dice)))
    # What stands on a ballot is never counted by going through the ballots of others.
    many = max(vote(f"{n}") for n in range(20))
    marks = MAX_OPTIONS * (MAX_CRITERIA if method == "matrix" else 1)
    # The second time the earlier ballot is taken back, too.
    assert many <= 2 * few + 20
    assert few <= A_MARK * marks + 100


@pytest.mark.parametrize("method", METHODS)
def test_a_ballot_is_small_and_reads_as_it_was_sent(method):
    dice = random.Random(method)
    own = {"dots": 100} if method == "dots" else {}
    options = tuple(Option(id=id_, name=id_) for id_ in IDS)
    current = Round(1, method, RoundSettings(**own), options, 0, criteria=CRITERIA)
    raw = LARGEST[method](dice)
    ballot = current.read(raw)
    current.cast("ann", ballot)
    marks = MAX_OPTIONS * (MAX_CRITERIA if method == "matrix" else 1)
    assert isinstance(ballot, bytes)
    assert len(ballot) <= marks + MAX_OPTIONS
    read = current.ballot_of("ann")
    assert read == ({"approve": sorted(raw["approve"])} if method == "approval" else raw)
