"""The picture of who moved between two rounds: complete, to scale, and silent where it must be."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.options import Option
from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.domain.rules import Names
from server.exports.flow import WIDTH, as_svg
from support.decisions import reveal
from support.strategies import Meeting

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("Flask", "Django", "Tornado")
TOGETHER = 300


def board(names):
    options = tuple(Option(id=f"o{n}", name=name) for n, name in enumerate(names))
    create = act.Create(code="K7QF2M", title="Which?", host="0" * 64, options=options)
    return Meeting(act.Entry(rules=act.RULES, action=create))


def played(*rounds, named=NAMES, **settings):
    """Play rounds with one choice, given by the number of each seat's option; None abstains."""
    meeting = board(named)
    for choices in rounds:
        meeting.open("single", **({"names": Names.OPEN} | settings))
        for n, choice in enumerate(choices):
            if choice is not None:
                meeting.cast(f"s{n}", {"choice": f"o{choice}"})
        reveal(meeting)
    return record_of(meeting.board)


def drawn(record, n=2):
    return ET.fromstring(as_svg(record, n))  # noqa: S314


def texts(svg):
    return [re.sub("[\u2068\u2069]", "", text.text) for text in svg.iter(f"{SVG}text")]


def heights(svg):
    """Return the heights of the bars on both sides, from the left and from above."""
    return [float(rect.get("height")) for rect in list(svg.iter(f"{SVG}rect"))[1:]]


def test_it_shows_both_rounds_and_how_many_moved():
    svg = drawn(played([0, 0, 1, 1, 1], [0, 0, 0, 0, 1]))
    assert svg.get("width") == str(WIDTH)
    assert texts(svg) == [
        *("Round 1", "Round 2"),
        *("Flask (2)", "Django (3)"),
        *("Flask (4)", "Django (1)"),
    ]
    assert heights(svg) == [TOGETHER * n / 5 for n in (2, 3, 4, 1)]
    stayed_or_moved = [path.get("fill-opacity") for path in svg.iter(f"{SVG}path")]
    assert stayed_or_moved == ["0.16", "0.55", "0.16"]


def test_screen_readers_are_told_what_it_shows():
    svg = drawn(played([0, 0, 1], [0, 0, 0]))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == svg.find(f"{SVG}title").text == "From round 1 to round 2"
    assert "1 from Django to Flask" in svg.find(f"{SVG}desc").text


def test_those_without_a_first_choice_are_a_place_of_their_own():
    record = played([0, 0], [0, 0])
    assert texts(drawn(record))[2:] == ["Flask (2)", "Flask (2)"]
    meeting = board(NAMES)
    for ballots in ((["o0"], ["o0", "o1"], ["o0", "o1"]), (["o0"], ["o1"], ["o0", "o1"])):
        meeting.open("approval", names=Names.OPEN)
        for n, approved in enumerate(ballots):
            meeting.vote(f"s{n}", *approved)
        reveal(meeting)
    assert texts(drawn(record_of(meeting.board)))[2:] == [
        *("Flask (1)", "no first choice (2)"),
        *("Flask (1)", "Django (1)", "no first choice (1)"),
    ]


def test_what_may_not_be_told_is_not_drawn():
    with pytest.raises(Refused) as refused:
        as_svg(played([0, 0, 1], [0, 0, 0]), 1)
    assert refused.value.code is Code.NO_SUCH_ROUND
    for n in (3, 99):
        with pytest.raises(Refused) as refused:
            as_svg(played([0], [0]), n)
        assert refused.value.code is Code.NO_SUCH_ROUND
    secret = played([0, 0, 1], [0, 0, 0], names=Names.SECRET)
    with pytest.raises(Refused) as refused:
        as_svg(secret, 2)
    assert refused.value.code is Code.NOT_ALLOWED
    assert "ballots are secret" in refused.value.message


def test_fifty_options_of_eighty_characters_do_not_touch():
    names = [f"{n} {'name of an option that is long ' * 4}"[:80] for n in range(50)]
    svg = drawn(played(range(50), [(n + 1) % 50 for n in range(50)], named=names))
    lefts = [int(text.get("y")) for text in svg.iter(f"{SVG}text") if text.get("text-anchor")][1:]
    assert len(lefts) == 50
    assert all(after - before >= 26 for before, after in pairwise(lefts))
    assert max(lefts) < int(svg.get("height"))
    assert all(re.search(r"…\d* ?\(1\)$|… \(1\)$", text) for text in texts(svg)[2:])


def test_names_stay_text():
    """The record has the picture within its page."""
    evil = "</title><script>alert(1)</script>&\x00"
    record = played([0, 1], [1, 1], named=(evil, evil.upper()))
    written = as_svg(record, 2)
    assert "<script" not in written.lower()
    assert {name for name in texts(drawn(record)) if name.startswith("</")}


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2, None]), st.sampled_from([0, 1, 2, None])), min_size=1
    )
)
def test_everyone_who_voted_twice_is_drawn_once(people):
    """The bands of both sides together are as high as the people who voted in both rounds."""
    record = played([then for then, _ in people], [now for _, now in people])
    both = sum(None not in pair for pair in people)
    svg = drawn(record)
    tall = heights(svg)
    assert sum(tall) == pytest.approx(2 * TOGETHER if both else 0, abs=1)
    assert len(list(svg.iter(f"{SVG}path"))) == len({pair for pair in people if None not in pair})
