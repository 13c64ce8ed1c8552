"""Exported ballots, counted again by `pref_voting` and `starvote`, give the same winners."""

import csv
import io
import random

import pytest
from pref_voting.io.readers import preflib_to_profile
from pref_voting.margin_based_methods import beat_path
from pref_voting.profiles_with_ties import ProfileWithTies
from starvote import predefined_permutation_tiebreaker, star_voting

from server.domain.record import record_of
from server.exports.preflib import as_preflib
from server.exports.spreadsheet import as_csv
from server.exports.tables import ballot_rows
from support.decisions import meeting, reveal

OPTIONS = ("django", "flask", "tornado")


def revealed(method, ballots):
    made = meeting()
    made.open(method)
    for n, ballot in enumerate(ballots):
        made.cast(f"seat {n}", ballot)
    reveal(made)
    return record_of(made.board, ballots=True).rounds[0]


def ranking(dice, *, ties):
    order = dice.sample(OPTIONS, dice.randint(1, len(OPTIONS)))
    if ties and dice.random() < 0.5 and len(order) > 1:
        return {"ranking": [order[:2], *([each] for each in order[2:])]}
    return {"ranking": [[each] for each in order]}


@pytest.mark.parametrize("kind", ["soi", "toc"])
@pytest.mark.parametrize("seed", range(25))
def test_rankings(kind, seed, tmp_path):
    dice = random.Random(seed)
    ballots = [ranking(dice, ties=kind == "toc") for _ in range(dice.randint(3, 12))]
    each = revealed("ranked", ballots)
    file = tmp_path / f"ballots.{kind}"
    file.write_bytes(as_preflib(each, kind, title="Which one?", day="2026-11-22"))
    profile = preflib_to_profile(str(file), as_linear_profile=False)
    assert isinstance(profile, ProfileWithTies)
    assert profile.num_voters == len(ballots)
    profile.use_extended_strict_preference()
    first = min(profile.candidates)
    for a, one in enumerate(OPTIONS):
        for b, other in enumerate(OPTIONS):
            if a != b:
                assert profile.support(first + a, first + b) == each.result.pairwise[one][other]
    winners = sorted(OPTIONS[c - first] for c in beat_path(profile))
    assert winners == sorted(each.result.winners)


@pytest.mark.parametrize("seed", range(25))
def test_scores(seed):
    dice = random.Random(seed)
    ballots = [
        {"scores": {o: dice.randint(0, 5) for o in OPTIONS if dice.random() < 0.8}}
        for _ in range(dice.choice((5, 9, 13)))
    ]
    each = revealed("score", ballots)
    text = as_csv(ballot_rows(each)).decode("utf-8-sig")
    rows = [
        {name: int(score) for name, score in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
    assert len(rows) == len(ballots)
    winners = set()
    for order in (OPTIONS, OPTIONS[::-1], (*OPTIONS[1:], OPTIONS[0])):
        tie_break = predefined_permutation_tiebreaker([each.options[o] for o in order])
        winners |= set(star_voting(rows, tiebreaker=tie_break, verbosity=0))
    assert winners <= {each.options[o] for o in each.result.winners}
