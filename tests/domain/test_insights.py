import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from server.domain import actions as act
from server.domain.insights import SPLIT, insights
from server.domain.methods.agreement import agreement
from server.domain.rules import Names, TieBreak
from support.ballots import CRITERIA as FOUR
from support.ballots import elections
from support.strategies import CRITERIA, SEATS, Meeting, create

PEOPLE = {seat: seat.capitalize() for seat in SEATS}


FEW = st.sampled_from([0, 0, 0]) | st.integers(0, 9)
"""Ballots at one place of a scale, often none."""


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
            "Flask is 1 dot ahead of Django. One ballot decides it.",
        ),
        (
            "dots",
            [{"dots": {"flask": 3}}] * 5 + [{"dots": {"django": 3}}] * 3,
            "Flask is 6 dots ahead of Django.",
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
            "By weighted mean, Flask is 0.67 ahead of Django, 3.00 to 2.33. One ballot decides it.",
        ),
        (
            "matrix",
            [{"scores": {"flask": {"speed": 4}}}] * 6 + [{"scores": {"django": {"speed": 5}}}],
            "Flask is first with a weighted mean of 4.00; Django has 5.00, but too few scores.",
        ),
        (
            "matrix",
            [{"scores": {"flask": {"speed": 4}}}] * 6,
            "Flask is the only option with scores.",
        ),
        (
            "score",
            [score(flask=5, django=2), score(flask=1, django=2)],
            (
                "Flask and Django are even head to head, 1 to 1; Flask wins by 6 points to 4. "
                "One ballot decides it."
            ),
        ),
        (
            "score",
            [score(flask=5, django=1), score(flask=0, django=4)],
            (
                "Flask and Django are even head to head, 1 to 1; Flask wins by 1 five to 0. "
                "One ballot decides it."
            ),
        ),
        (
            "ranked",
            [{"ranking": [["flask"], ["django"], ["tornado"]]}] * 6
            + [{"ranking": [["django"], ["tornado"], ["flask"]]}] * 5
            + [{"ranking": [["tornado"], ["flask"], ["django"]]}] * 4,
            (
                "Flask does not beat every other option head to head; by the strongest paths it is "
                "ahead of Django, 10 to 9. One ballot decides it."
            ),
        ),
    ],
)
def test_the_margin(method, ballots, words):
    lead = revealed(method, *ballots)["margin"]
    assert (lead.text, lead.option, lead.names) == (words, "flask", UNSET)


def test_a_tie_and_who_has_it_by_the_tie_break():
    tie = revealed("approval", approve("flask", "django"))["tie"]
    assert (tie.text, tie.option) == ("Django and Flask are tied.", None)
    broken = revealed("approval", approve("flask", "django"), tie_break=TieBreak.LISTED)["tie"]
    assert broken.text.endswith(" The tie-break puts Django first.")


def test_where_the_room_is_split():
    found = revealed("score", *[score(flask=5, django=4)] * 2, *[score(flask=0, django=4)] * 2)
    assert found["split"].option == "flask"
    assert found["split"].text == (
        "The room is split on Flask: some rate it high, others low, and few in between "
        "(agreement \N{MINUS SIGN}1.00 of \N{MINUS SIGN}1)."
    )


def test_a_clear_lead_by_means_is_not_said_to_hang_on_one_ballot():
    """13 ballots of a real room: one alone scores both, and so it is 1 to 0 head to head."""
    django = [{"scores": {"django": {"speed": score}}} for score in (5, 5, 5, 5, 4, 4)]
    flask = [{"scores": {"flask": {"speed": score}}} for score in (0, 0, 1, 1, 2, 4)]
    both = {"scores": {"django": {"speed": 5}, "flask": {"speed": 0}}}
    found = revealed("matrix", *django, *flask, both)
    assert found["margin"].text == (
        "By weighted mean, Django is 3.57 ahead of Flask, 4.71 to 1.14."
    )
    assert "split" not in found


@pytest.mark.parametrize(
    ("places", "is_split"), [([3, 1, 0, 2, 3, 4], False), ([4, 0, 0, 0, 1, 5], True)]
)
def test_spread_ballots_are_no_split_room(places, is_split):
    """An agreement of -0.03, for one, is none of two camps."""
    rows = [score for score, count in enumerate(places) for _ in range(count)]
    ballots = [{"scores": {"flask": {"speed": n}, "django": {"speed": 5}}} for n in rows]
    assert ("split" in revealed("matrix", *ballots)) is is_split
    assert agreement(places) < 0


@given(st.integers(3, 8).flatmap(lambda n: st.lists(FEW, min_size=n, max_size=n)))
@settings(max_examples=400)
def test_split_means_two_camps_and_few_in_between(histogram):
    if not any(histogram) or agreement(histogram) > SPLIT:
        return
    camps = [
        (sum(histogram[: i + 1]), sum(histogram[i + 1 : j]), sum(histogram[j:]))
        for j in range(2, len(histogram))
        for i in range(j - 1)
    ]
    # At most half as many as in the smaller camp; on a scale with one place between, two thirds.
    share = 2 / 3 if len(histogram) == 3 else 1 / 2
    assert any(
        between <= share * min(low, high) and 4 * min(low, high) >= sum(histogram)
        for low, between, high in camps
    )


def test_what_many_have_no_opinion_on():
    silent = score(flask=4, django=1) | {"no_opinion": ["tornado"]}
    found = revealed("score", score(flask=5, django=4, tornado=1), silent)
    assert found["no_opinion"].option == "tornado"
    silent = score(flask=5) | {"no_opinion": ["tornado"]}
    assert revealed("score", silent)["no_opinion"].text == ("No one has an opinion on Tornado.")
    assert found["no_opinion"].text == (
        "1 of 2 ballots have no opinion on Tornado. Hear from those who know it."
    )


def test_no_one_is_asked_to_know_more_of_further_discussion():
    found = revealed("score", score(flask=5, django=4, tornado=1), further_discussion=True)
    assert "no_opinion" not in found


DISSENT = [approve("flask"), approve("flask"), approve("flask"), approve("django", "tornado")]


def test_the_outliers_are_named_where_names_are_open():
    asked = revealed("approval", *DISSENT, names=Names.OPEN)["outlier"]
    assert asked.names == ["Dan"]
    assert asked.text == "Dan voted least like the others. Hear from them first."


def test_no_one_is_pointed_at_in_a_secret_round_nor_without_a_name():
    assert "outlier" not in revealed("approval", *DISSENT, names=Names.SECRET)
    assert "outlier" not in revealed("approval", *DISSENT, names=Names.OPEN, people={})


def test_where_nothing_won_nothing_stands_out():
    assert revealed("approval", *[approve()] * 3) == {}
    assert revealed("ranked") == {}


# The margin, told in numbers that the ballots themselves give


def prefers(method, raw, a, b):
    """Whether a ballot prefers a to b: counted from what was sent."""
    if method == "score":
        silent = {a, b} & set(raw.get("no_opinion", []))
        return not silent and raw["scores"].get(a, 0) > raw["scores"].get(b, 0)
    places = {option: n for n, group in enumerate(raw["ranking"]) for option in group}
    return places.get(a, len(places)) < places.get(b, len(places))


def votes(raw, option):
    marks = raw.get("dots") or raw.get("approve") or [raw.get("choice")]
    return marks.get(option, 0) if isinstance(marks, dict) else int(option in marks)


def mean(raws, option):
    cells = [
        (criterion.weight, [row[criterion.id] for row in rows if criterion.id in row])
        for criterion in FOUR
        for rows in [[raw["scores"].get(option, {}) for raw in raws]]
    ]
    whole = sum(weight for weight, given_ in cells if given_)
    return sum(w * sum(given_) / len(given_) for w, given_ in cells if given_) / whole


@settings(max_examples=300)
@given(elections)
def test_the_margin_is_what_the_ballots_say(election):
    method, raws = election
    meeting = Meeting(create("abcd", criteria=FOUR))
    meeting.open(method)
    for n, raw in enumerate(raws):
        meeting.cast(f"seat {n}", raw)
    meeting.do(act.RevealRound(round=1), "host")
    found = [each for each in insights(meeting.board.round, {}) if each.kind == "margin"]
    if not found:
        assert len(meeting.board.round.result().winners) != 1
        return
    (lead,) = found
    winner, others = lead.option, set("abcd") - {lead.option}
    told = lead.text.removesuffix(" One ballot decides it.")
    number_of = [float(word) for word in re.findall(r"\d+(?:\.\d+)?", told)]

    def wins(a, b):
        return sum(prefers(method, raw, a, b) for raw in raws)

    if method in {"single", "approval", "dots"}:
        totals = {option: sum(votes(raw, option) for raw in raws) for option in "abcd"}
        assert number_of == [totals[winner] - max(totals[other] for other in others)]
    elif method == "matrix":
        rivals = re.findall(r"\b[A-D]\b", told)
        if told.endswith("only option with scores."):
            assert not any(raw["scores"].get(other) for raw in raws for other in others)
            return
        means = [mean(raws, option.lower()) for option in rivals[:2]]
        assert [f"{each:.2f}" for each in means] == [f"{each:.2f}" for each in number_of[-2:]]
        assert rivals[0].lower() == winner
    elif "strongest paths" in told:
        assert any(wins(winner, other) <= wins(other, winner) for other in others)
    else:
        rival = re.findall(r"\b[A-D]\b", told)[1].lower()
        here, there = wins(winner, rival), wins(rival, winner)
        if "even head to head" in told:
            assert (here, there) == (number_of[0], number_of[1])
            assert here == there
        else:
            assert number_of == [here - there, here, there]
        if method == "ranked":
            margins = [wins(winner, other) - wins(other, winner) for other in others]
            assert here - there == min(margins) > 0
