"""*One ballot decides it*, held against every other ballot that could have been cast."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.methods import METHODS, pivotal
from server.domain.methods.base import finished
from support.ballots import RAW, method
from support.every_ballot import ROUNDS


def winners(rules, ballots):
    tally = rules.tally()
    for ballot in ballots:
        tally.add(ballot)
    return tally.result().winners


def said(rules, ballots, winner):
    tally = rules.tally()
    for ballot in ballots:
        tally.add(ballot)
    return finished(pivotal.looking_for_pivotal(tally, rules.tally(), ballots, winner))


@pytest.mark.parametrize("kind", ROUNDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_one_ballot_decides_where_another_in_its_place_unseats_the_winner(kind, data):
    options, own, every = ROUNDS[kind]
    rules = method(kind.split()[0], {option: option for option in options}, **own)
    every = [*dict.fromkeys(map(rules.read, every))]
    # Few different ballots, more often than not: close calls and clear ones.
    few = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=3))
    ballots = data.draw(st.lists(st.sampled_from(few), min_size=1, max_size=6))
    first = winners(rules, ballots)
    if len(first) != 1:
        return

    def scored(ballot):
        rows = rules.write(ballot)["scores"]
        return {option: set(row) for option, row in rows.items()}

    def decides():
        for n, ballot in enumerate(ballots):
            if ballot not in ballots[:n]:
                others = ballots[:n] + ballots[n + 1 :]
                if any(
                    first[0] not in winners(rules, [*others, other])
                    for other in every
                    if "matrix" not in kind or scored(other) == scored(ballot)
                ):
                    return True
        return False

    assert said(rules, ballots, first[0]) is decides()


@pytest.mark.parametrize("id_", METHODS)
@given(data=st.data())
def test_a_round_that_is_not_close_is_not_counted_again(id_, data):
    """And one that is counted again is left as it was."""
    rules = method(id_)
    ballots = [rules.read(raw) for raw in data.draw(st.lists(RAW[id_], min_size=1, max_size=5))]
    tally = rules.tally()
    for ballot in ballots:
        tally.add(ballot)
    before = tally.result()
    if len(before.winners) == 1:
        is_said = finished(
            pivotal.looking_for_pivotal(tally, rules.tally(), ballots, before.winners[0])
        )
        assert tally.is_close(before.winners[0]) or not is_said
    assert tally.result() == before


def test_a_round_too_large_to_be_counted_again_and_again_says_nothing(monkeypatch):
    monkeypatch.setattr(pivotal, "MOST_TRIES", 0)
    rules = method("single")
    assert said(rules, [rules.read({"choice": "a"})], "a") is False


@pytest.mark.parametrize("id_", METHODS)
@settings(deadline=None)
@given(st.data())
def test_what_is_tried_are_ballots_that_could_have_been_cast(id_, data):
    rules = method(id_)
    tally, cast = rules.tally(), data.draw(st.lists(RAW[id_], min_size=1, max_size=8))
    for raw in cast:
        tally.add(rules.read(raw))
    for winner in rules.names:
        for other in tally.against(winner, rules.read(cast[0])):
            assert rules.read(rules.write(other)) == other
