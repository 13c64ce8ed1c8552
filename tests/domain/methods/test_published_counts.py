"""Real elections: what was published about them comes out of their ballots here, too."""

import json
from collections import Counter
from pathlib import Path

import pytest

from server.domain.methods.instant_runoff import Ties, instant_runoff
from server.domain.methods.pairwise import UNRANKED
from server.domain.methods.schulze import beaten, layers, strongest_paths

PUBLISHED = json.loads((Path(__file__).parent / "published_counts.json").read_text())
BURLINGTON = {
    "Montroll Kiss Wright": 1332,
    "Montroll Wright Kiss": 767,
    "Montroll": 455,
    "Kiss Montroll Wright": 2043,
    "Kiss Wright Montroll": 371,
    "Kiss": 568,
    "Wright Montroll Kiss": 1513,
    "Wright Kiss Montroll": 495,
    "Wright": 1289,
}
"""Burlington 2009, mayor, among the last three: rangevoting.org/Burlington."""


def ballots_of(votes, moves):
    """Make ballots that move as it was published: no one publishes the whole of so many."""
    piles = {name: Counter({(name,): number}) for name, number in votes.items()}
    for out, transfers in moves:
        pile = piles.pop(out)
        for name, number in transfers.items():
            left = number
            for ballot, there in [*pile.items()]:
                moved = min(left, there)
                left -= moved
                pile[ballot] -= moved
                piles[name][(*ballot, name)] += moved
            assert not left, f"{out} has fewer ballots than went to {name}"
        piles[out] = Counter()
        piles["exhausted"] = piles.get("exhausted", Counter()) + pile
    return +sum(piles.values(), Counter())


def packed(ballots, options):
    return {
        bytes(ballot.index(option) if option in ballot else UNRANKED for option in options): number
        for ballot, number in ballots.items()
    }


@pytest.mark.parametrize("election", PUBLISHED)
def test_the_run_off_counts_as_was_published(election):
    told = PUBLISHED[election]
    options = [*told["votes"]]
    ballots = ballots_of(told["votes"], told["moves"])
    assert ballots.total() == sum(told["votes"].values())
    order, rounds, ties = instant_runoff(packed(ballots, options), options)
    assert rounds[0] == told["votes"]
    # Several were declared out at once there where they go one by one here.
    comparable = [votes for votes in rounds[1:] if votes.keys() in map(dict.keys, told["rounds"])]
    assert comparable == told["rounds"]
    last = told["rounds"][-1]
    assert order[0] == [max(last, key=last.get)]
    assert ties is not Ties.DECIDE


def test_burlington_elects_another_by_pairs_than_by_run_off():
    options = ["Montroll", "Kiss", "Wright"]
    ballots = packed({tuple(each.split()): n for each, n in BURLINGTON.items()}, options)
    order, rounds, _ = instant_runoff(ballots, options)
    assert order == [["Kiss"], ["Wright"], ["Montroll"]]
    assert rounds[0] == {"Montroll": 2554, "Kiss": 2982, "Wright": 3297}
    assert rounds[1] == {"Kiss": 4314, "Wright": 4064}
    pairs = [
        [
            sum(n for ballot, n in ballots.items() if ballot[one] < ballot[other])
            for other in range(3)
        ]
        for one in range(3)
    ]
    assert pairs == [[0, 4067, 4597], [3477, 0, 4314], [3668, 4064, 0]]
    assert layers(beaten(strongest_paths(pairs))) == [[0], [1], [2]]
