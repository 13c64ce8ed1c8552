import pytest
from happenings import CRITERIA, SEATS, Meeting, create
from msgspec import UNSET

from server.domain import actions as act
from server.domain.insights import insights
from server.domain.rules import Names, TieBreak

PEOPLE = {seat: seat.capitalize() for seat in SEATS}


def revealed(method, *ballots, people=PEOPLE, **settings):
    """Let the seats vote, reveal, and return what stands out by kind."""
    meeting = Meeting(create(criteria=CRITERIA))
    meeting.open(method, **settings)
    for n, ballot in enumerate(ballots):
        meeting.cast(SEATS[n] if n < len(SEATS) else f"seat {n}", ballot)
    meeting.do(act.RevealRound(round=1), "host")
    found = insights(meeting.board.round, people)
    return {insight.kind: insight for insight in found} if len(found) < 9 else found


def approve(*options):
    return {"approve": list(options)}


def score(**scores):
    return {"scores": scores}


@pytest.mark.parametrize(
    ("method", "ballots", "words"),
    [
        (
            "single",
            [{"choice": "flask"}] * 3 + [{"choice": "django"}],
            "Flask is 2 ballots ahead of Django.",
        ),
        (
            "approval",
            [approve("flask")],
            "Flask is 1 ballot ahead of Django and Tornado. One ballot decides it.",
        ),
        (
            "dots",
            [{"dots": {"flask": 3, "django": 2}}],
            "Flask is 1 dot ahead of Django.",
        ),
        (
            "score",
            [score(flask=5, django=3)] * 2 + [score(flask=1, django=4)],
            "Flask is 1 ballot ahead of Django head to head, 2 to 1. One ballot decides it.",
        ),
        (
            "ranked",
            [{"ranking": [["flask"], ["django"]]}] * 3 + [{"ranking": [["django"]]}],
            "Flask is 2 ballots ahead of Django head to head, 3 to 1.",
        ),
        (
            "matrix",
            [{"scores": {"flask": {"speed": 5}, "django": {"speed": 1}}}]
            + [{"scores": {"flask": {"speed": 2}, "django": {"speed": 3}}}] * 2,
            "Flask wins, though head to head Django is not behind: 2 to 1.",
        ),
    ],
)
def test_the_margin(method, ballots, words):
    lead = revealed(method, *ballots)["margin"]
    assert (lead.text, lead.option, lead.names) == (words, "flask", UNSET)


def test_a_tie_and_who_has_it_by_the_tie_break():
    tie = revealed("approval", approve("flask", "django"))["tie"]
    assert (tie.text, tie.option) == ("The ballots do not part Django and Flask.", None)
    broken = revealed("approval", approve("flask", "django"), tie_break=TieBreak.LISTED)["tie"]
    assert broken.text.endswith(" The tie-break gives it to Django.")


def test_where_the_room_is_split():
    found = revealed("score", *[score(flask=5, django=4)] * 2, *[score(flask=0, django=4)] * 2)
    assert found["split"].option == "flask"
    assert found["split"].text == (
        "The room is split on Flask: high with some, low with others, little between "
        "(agreement \N{MINUS SIGN}1.00 of \N{MINUS SIGN}1)."
    )


def test_what_many_have_no_opinion_on():
    found = revealed("score", score(flask=5, django=4, tornado=1), score(flask=4, django=1))
    assert found["no_opinion"].option == "tornado"
    assert revealed("score", score(flask=5))["no_opinion"].text == (
        "Nobody has an opinion on Tornado."
    )
    assert found["no_opinion"].text == (
        "1 ballot has no opinion on Tornado, of 2 in all. Hear those who know it."
    )


def test_nobody_is_asked_to_know_more_of_further_discussion():
    found = revealed("score", score(flask=5, django=4, tornado=1), further_discussion=True)
    assert "no_opinion" not in found


DISSENT = [approve("flask"), approve("flask"), approve("flask"), approve("django", "tornado")]


def test_the_outliers_are_named_where_names_are_open():
    asked = revealed("approval", *DISSENT, names=Names.OPEN)["outlier"]
    assert asked.names == ["Dan"]
    assert asked.text == "Dan sees it most unlike the others. Ask there first."


def test_nobody_is_pointed_at_in_a_secret_round_nor_without_a_name():
    assert "outlier" not in revealed("approval", *DISSENT, names=Names.SECRET)
    assert "outlier" not in revealed("approval", *DISSENT, names=Names.OPEN, people={})


def test_where_nothing_won_nothing_stands_out():
    assert revealed("approval", *[approve()] * 3) == {}
    assert revealed("ranked") == {}
