"""The margin, held against every way in which ballots could have been different."""

from collections import Counter
from itertools import combinations_with_replacement
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.methods.base import finished
from server.domain.verdict.verdict import measuring_margin
from support.ballots import method
from support.every_ballot import SMALLER
from support.verdicts import cast_of

TRIES = 5_000
"""How many rounds are counted again at most."""


def truth(rules, ballots, winner, every, depth):
    """Return how many ballots have to be different by trying all ways; None if over `depth`."""
    fits = {
        ballot: [other for other in every if same_cells(rules, ballot, other)]
        for ballot in set(ballots)
    }
    tally = rules.tally()
    for ballot in ballots:
        tally.add(ballot)
    for number in range(1, min(depth, len(ballots)) + 1):
        if any(
            unseats(rules, tally, winner, removed, fits)
            for removed in {*combinations_with_replacement(sorted(set(ballots)), number)}
            if not Counter(removed) - Counter(ballots)
        ):
            return number
    return None


def feasible(every, different):
    """Return how many ballots can be replaced at once, each by every other."""
    most = 8
    while comb(every + most - 1, most) * comb(different + most - 1, most) > TRIES and most > 1:
        most -= 1
    return most


def unseats(rules, tally, winner, removed, fits):
    def added(left, after):
        if not left:
            return winner not in tally.winners()
        for place, other in enumerate(fits[left[0]]):
            # Equal ballots are replaced in one order only.
            same = len(left) > 1 and left[1] == left[0]
            if place >= after:
                tally.add(other)
                found = added(left[1:], place if same else 0)
                tally.remove(other)
                if found:
                    return True
        return False

    for ballot in removed:
        tally.remove(ballot)
    found = added(removed, 0)
    for ballot in removed:
        tally.add(ballot)
    return found


def same_cells(rules, ballot, other):
    if rules.id != "matrix":
        return True
    one, two = (rules.write(each)["scores"] for each in (ballot, other))
    return {o: set(row) for o, row in one.items()} == {o: set(row) for o, row in two.items()}


@pytest.mark.parametrize("kind", SMALLER)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_margin_is_true_and_said_to_be_exact_only_where_it_is(kind, data):
    options, own, every = SMALLER[kind]
    rules = method(kind.split()[0], {option: option for option in options}, **own)
    every = [*dict.fromkeys(map(rules.read, every))]
    few = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=3))
    ballots = data.draw(st.lists(st.sampled_from(few), min_size=1, max_size=7))
    cast = cast_of(rules, ballots)
    if cast is None:
        return
    found = finished(measuring_margin(cast))
    depth = feasible(len(every), len(cast.ballots))
    true = truth(rules, ballots, cast.winner, every, depth)
    assert 1 <= found.least <= found.most <= len(ballots)
    if rules.id not in {"score", "ranked"}:
        assert found.is_exact
    if true is None:
        assert found.most > min(depth, len(ballots))
    else:
        assert found.least <= true <= found.most
