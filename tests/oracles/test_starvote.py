"""STAR as `starvote` (Larry Hastings) and `pref_voting` count it: thousands of random elections."""

import random
from collections import Counter
from itertools import permutations

import pytest
from pref_voting.grade_methods import star
from pref_voting.grade_profiles import GradeProfile
from starvote import predefined_permutation_tiebreaker, star_voting

from support.ballots import counted

ELECTIONS = 2000


def ballots(dice):
    options = "abcde"[: dice.randint(2, 5)]
    highest = dice.choice((1, 2, 5))
    voters = dice.choice((1, 2, 3, 4, 6, 10, 25))
    return options, [
        [dice.randint(0, highest) * 5 // highest for _ in options] for _ in range(voters)
    ]


def ours(options, rows):
    raws = [
        {
            # Every other zero is left blank: it counts the same.
            "scores": {
                o: s
                for n, (o, s) in enumerate(zip(options, row, strict=True))
                if s or (s == 0 and n % 2)
            },
            "no_opinion": [o for o, s in zip(options, row, strict=True) if s is None],
        }
        for row in rows
    ]
    return counted("score", raws, {option: option.upper() for option in options})


def starvote_winners(options, rows):
    """Whoever wins under one of the orders in which what cannot be parted could be broken."""
    scores = [dict(zip(options, row, strict=True)) for row in rows]
    winners = set()
    for order in permutations(options):
        tiebreaker = predefined_permutation_tiebreaker(list(order))
        winners |= set(star_voting(scores, tiebreaker=tiebreaker, verbosity=0))
    return winners


@pytest.fixture(scope="module")
def elections():
    dice = random.Random(20_145)
    drawn = [ballots(dice) for _ in range(ELECTIONS)]
    return [election for election in drawn if any(map(any, election[1]))]


def test_winners_are_those_of_starvote_in_one_of_all_ways_to_break_a_tie(elections):
    ties = 0
    for options, rows in elections:
        result = ours(options, rows)
        assert set(result.winners) == starvote_winners(options, rows), (options, rows)
        ties += len(result.winners) > 1
    assert ties > 50


def without_ties(result):
    """Whether two go to the run-off by points alone, and one wins it by ballots alone."""
    totals = sorted(result.totals.values(), reverse=True)
    if len(totals) > 2 and totals[1] == totals[2]:
        return False
    first, second = sorted(result.totals, key=result.totals.get, reverse=True)[:2]
    return result.pairwise[first][second] != result.pairwise[second][first]


def test_no_opinion_is_read_as_pref_voting_reads_a_missing_grade(elections):
    dice = random.Random(19)
    kinds = Counter()
    for options, rows in elections:
        some = [[score if dice.random() < 0.7 else None for score in row] for row in rows]
        result = ours(options, some)
        places = range(len(options))
        grades = [{c: row[c] for c in places if row[c] is not None} for row in some]
        profile = GradeProfile(grades, list(range(6)), candidates=list(places))
        if not all(map(profile.has_grade, places)) or not result.winners:
            continue
        winners = {options[c] for c in star(profile)}
        # They have no rules for ties: all that is tied is tried each way.
        assert set(result.winners) <= winners, (options, some)
        if without_ties(result):
            assert set(result.winners) == winners, (options, some)
            # Zeros in place of what is left out would often choose another one.
            zeros = [[score or 0 for score in row] for row in some]
            kinds["a zero says more"] += ours(options, zeros).winners != result.winners
            kinds["without ties"] += 1
    assert kinds["without ties"] > 500
    assert kinds["a zero says more"] > 20
