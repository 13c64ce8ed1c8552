import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.criteria import Criterion
from server.domain.record import record_of
from server.domain.refusals import Code
from server.domain.rules import About, TieBreak
from server.exports.markdown import as_markdown
from server.live.views import board_view, round_view
from support.decisions import decide, meeting, reveal
from support.strategies import CRITERIA, SEATS, many, refused, replayed

SPEED, HIRING = "criterion:speed", "criterion:hiring"


def weighing(*ballots, **settings):
    """A revealed round in which people gave dots to the criteria."""
    made = meeting(criteria=CRITERIA)
    made.open("dots", about=About.CRITERIA, **settings)
    for seat, dots in zip(SEATS, ballots, strict=False):
        outcome = made.cast(seat, {"dots": dots})
        assert isinstance(outcome, Change), outcome
    reveal(made)
    return made


def take(made, n=1):
    return made.do(act.TakeWeights(round=n), "host")


def test_the_room_gives_dots_to_criteria_and_they_become_the_weights():
    made = weighing({SPEED: 3, HIRING: 1}, {SPEED: 2}, {HIRING: 2})
    shown = round_view(made.board.round)
    assert (shown.options, shown.names) == ((SPEED, HIRING), {SPEED: "Speed", HIRING: "Hiring"})
    assert board_view(made.board).criteria == CRITERIA
    take(made)
    assert [(c.id, c.weight) for c in made.board.criteria] == [("speed", 62.5), ("hiring", 37.5)]
    assert made.board.weights_from == 1
    made.open("matrix")
    assert made.board.round.settings.criteria == made.board.criteria
    assert round_view(made.board.round).weights_from == 1
    assert made.board.history[-2].what == "took over the weights of the criteria from round 1"
    assert replayed(made.log).criteria == made.board.criteria


def test_the_record_says_where_weights_came_from_as_long_as_they_are_those():
    made = weighing({SPEED: 3, HIRING: 1})
    take(made)
    assert record_of(made.board).weights_from == 1
    made.open("matrix")
    reveal(made)
    made.do(act.SetCriteria(criteria=CRITERIA), "host")
    record = record_of(made.board)
    assert (record.weights_from, [d.weight for d in record.drivers]) == (1, [75, 25])
    text = as_markdown(record, link="x", day="2027-06-01")
    assert "\nWeights given by the room, with dots in round 1.\n" in text
    made.open("matrix")
    assert record_of(made.board).weights_from is None
    reveal(made)
    take(made)
    own = tuple(structs.replace(each, weight=2.0) for each in made.board.criteria)
    made.open("matrix", criteria=own)
    assert record_of(made.board).weights_from is None


def test_a_round_about_criteria_is_no_round_about_options():
    made = meeting(criteria=CRITERIA)
    made.open("dots")
    made.cast("ann", {"dots": {"flask": 3}})
    reveal(made)
    made.open("dots", about=About.CRITERIA)
    made.cast("ann", {"dots": {SPEED: 3}})
    reveal(made)
    assert made.board.round.movement(by_name=True) is None
    record = record_of(made.board)
    assert [each.n for each in record.on_options] == [1]
    assert record.standing[0].id == "flask"
    decide(made, option="django")
    assert record_of(made.board).dissent[0].startswith("In round 1, 1 of 1 ballot")
    made.open("dots")
    made.cast("ben", {"dots": {"flask": 1}})
    reveal(made)
    assert made.board.round.movement(by_name=True).since == 1
    assert refused(made.do(act.Decide(option=SPEED, because="x"), "host"), Code.NO_SUCH_OPTION, "")


def test_an_option_with_the_id_of_a_criterion_is_another_thing():
    made = weighing({SPEED: 3})
    made.do(
        act.AddOption(option=structs.replace(made.board.options[0], id="speed", name="S")), "host"
    )
    assert isinstance(made.do(act.RemoveOption(option="speed"), "host"), Change)


@pytest.mark.parametrize(
    ("method", "options", "settings", "words"),
    [
        ("approval", None, {}, "about"),
        ("dots", ("flask", "django"), {}, "about all criteria of the board"),
        ("dots", None, {"further_discussion": True}, "without further discussion"),
        ("dots", None, {"tie_break": TieBreak.LISTED}, "without a tie-break"),
    ],
)
def test_what_a_round_about_criteria_cannot_be(method, options, settings, words):
    made = meeting(criteria=CRITERIA)
    outcome = made.open(method, options=options, about=About.CRITERIA, **settings)
    assert refused(outcome, Code.BAD_SETTINGS, words)
    assert made.board.rounds == []


def test_one_criterion_is_nothing_to_vote_on():
    made = meeting(criteria=CRITERIA[:1])
    outcome = made.open("dots", about=About.CRITERIA)
    assert refused(outcome, Code.BAD_SETTINGS, "needs at least 2 criteria")


def test_weights_come_from_a_revealed_round_with_dots():
    made = weighing()
    assert refused(take(made), Code.NOT_ALLOWED, "No criterion got a dot in round 1")
    assert refused(take(made, 2), Code.NO_SUCH_ROUND, "2")
    made.open("dots")
    assert refused(take(made), Code.ROUND_OPEN, "Criteria can only change between rounds")
    outcome = made.do(act.SetCriteria(criteria=()), "host")
    assert refused(outcome, Code.ROUND_OPEN, "Round 2 is not over")
    reveal(made)
    assert refused(take(made, 2), Code.NOT_ALLOWED, "is no revealed vote on criteria")
    assert made.board.criteria == CRITERIA


@many
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 2), min_size=1, max_size=4))
def test_weights_are_shares_of_all_dots(given_dots):
    made = weighing(*({SPEED: a, HIRING: b} for a, b in given_dots), dots=6)
    totals = [sum(dots) for dots in zip(*given_dots, strict=True)]
    if not any(totals):
        assert refused(take(made), Code.NOT_ALLOWED, "No criterion")
        return
    take(made)
    expected = [
        Criterion(id=each.id, name=each.name, weight=round(100 * total / sum(totals), 2))
        for each, total in zip(CRITERIA, totals, strict=True)
        if total
    ]
    assert list(made.board.criteria) == expected
    assert all(a.weight > 0 for a in itertools.chain(made.board.criteria))
