"""The picture of the first option against the others: one proportion each, with its half."""

import re

import pytest

from exports.test_distribution import NAMES, drawn, scored
from exports.test_flow import SVG, board, texts
from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.exports.pairs import pairs
from server.exports.svg import CHART_WIDTH
from support.decisions import reveal


def bars(chart):
    """Return the bars as pairs of where they begin and how long they are, in shares of the whole."""
    rects = [rect for rect in drawn(chart).iter(f"{SVG}rect") if rect.get("height") == "26"]
    place = [(float(r.get("x")) / CHART_WIDTH, float(r.get("width")) / CHART_WIDTH) for r in rects]
    return [place[n : n + 3] for n in range(0, len(place), 3)]


def test_a_bar_is_as_long_as_all_ballots_and_the_rest_is_without_a_preference():
    chart = pairs(scored((5, 3, 0), (5, 1, 5), (4, 5, 0), (5, 1, 1)), 1)
    assert [re.sub("[\u2068\u2069]", "", head) for head in chart.heads] == [
        *("Option", "For Flask", "For the other option", "No preference"),
    ]
    assert chart.rows == [["Django", "3", "1", "0"], ["Tornado", "3", "0", "1"]]
    assert bars(chart) == [
        [(0, 1), (0, 0.75), (0.75, 0.25)],
        [(0, 1), (0, 0.75), (1, 0)],
    ]
    halves = [r.get("x") for r in drawn(chart).iter(f"{SVG}rect") if r.get("width") == "2"]
    assert halves == [f"{CHART_WIDTH / 2 - 1:g}"] * 2


def test_it_says_what_it_shows():
    chart = pairs(scored((5, 3, 0), (5, 1, 5), (4, 5, 0)), 1)
    assert re.sub("[\u2068\u2069]", "", chart.title) == "Flask against each other option"
    assert re.sub("[\u2068\u2069]", "", chart.told) == (
        "Compared with each of the 2 other options, more ballots prefer Flask in 2 cases."
    )
    two = pairs(scored((5, 3), named=NAMES[:2]), 1)
    assert re.sub("[\u2068\u2069]", "", two.told) == (
        "More ballots prefer Flask to the other option than the other way round."
    )


def test_what_is_not_revealed_or_not_compared_is_not_drawn():
    with pytest.raises(Refused) as refused:
        pairs(scored((5, 3, 0), revealed=False), 1)
    assert refused.value.code is Code.NO_SUCH_ROUND
    meeting = board(NAMES)
    meeting.open("single")
    meeting.vote("s0", "o0")
    reveal(meeting)
    with pytest.raises(Refused) as refused:
        pairs(record_of(meeting.board), 1)
    assert refused.value.code is Code.UNKNOWN_METHOD


def test_fifty_long_names_are_shown_in_full():
    names = [f"{n} {'wide name of an option ' * 4}"[:80].strip() for n in range(50)]
    chart = pairs(scored([n % 6 for n in range(50)], named=names), 1)
    assert len(chart.rows) == 49
    assert "…" not in " ".join(texts(drawn(chart)))
