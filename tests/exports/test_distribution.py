"""The picture of how ballots are spread: complete, to scale, and readable whatever the names."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from exports.test_flow import SVG, board, texts
from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.exports.distribution import distribution
from server.exports.pairs import pairs
from server.exports.svg import CHART_WIDTH
from support.decisions import reveal

NAMES = ("Flask", "Django", "Tornado")


def scored(*ballots, named=NAMES, method="score", revealed=True):
    meeting = board(named)
    meeting.open(method)
    for n, scores in enumerate(ballots):
        ids = {f"o{at}": score for at, score in enumerate(scores)}
        ballot = {"ranking": [[id_] for id_ in ids]} if method == "ranked" else {"scores": ids}
        meeting.cast(f"s{n}", ballot)
    if revealed:
        reveal(meeting)
    return record_of(meeting.board)


def drawn(chart):
    return ET.fromstring(chart.svg())  # noqa: S314


def test_each_option_has_a_column_for_each_step():
    chart = distribution(scored((5, 3, 0), (5, 1, 5), (4, 3, 0)), 1)
    assert chart.heads == ["Option", "0", "1", "2", "3", "4", "5", "Agreement"]
    assert [row[:-1] for row in chart.rows] == [
        ["Flask", "0", "0", "0", "0", "1", "2"],
        ["Django", "0", "1", "0", "2", "0", "0"],
        ["Tornado", "2", "0", "0", "0", "0", "1"],
    ]
    columns = [path.get("d") for path in drawn(chart).iter(f"{SVG}path")]
    talls = [[float(tall) for tall in re.findall(r"v(-[\d.]+)", each)] for each in columns]
    assert talls == [[-21, -42], [-21, -42], [-42, -21]]


def test_it_says_what_it_shows():
    chart = distribution(scored((5, 3, 0), (5, 1, 5), (4, 3, 0)), 1)
    svg = drawn(chart)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == svg.find(f"{SVG}title").text == "Ballots by score"
    assert svg.find(f"{SVG}desc").text == chart.told
    told = re.sub("[\u2068\u2069]", "", chart.told)
    assert told == (
        "Round 1: Scores (STAR), 3 voters. The ballots agree most on Flask, and least on Tornado."
    )


def test_places_of_a_ranking_are_counted_from_one():
    chart = distribution(scored((1, 2, 3), method="ranked"), 1)
    assert chart.heads == ["Option", "1", "2", "3", "out", "Agreement"]


@pytest.mark.parametrize(("n", "code"), [(1, Code.NO_SUCH_ROUND), (9, Code.NO_SUCH_ROUND)])
def test_a_round_that_is_not_revealed_is_not_drawn(n, code):
    with pytest.raises(Refused) as refused:
        distribution(scored((5, 3, 0), revealed=False), n)
    assert refused.value.code is code


def test_a_method_without_a_scale_is_refused_in_words():
    meeting = board(NAMES)
    meeting.open("approval")
    meeting.vote("s0", "o0")
    reveal(meeting)
    with pytest.raises(Refused) as refused:
        distribution(record_of(meeting.board), 1)
    assert refused.value.code is Code.UNKNOWN_METHOD


def test_fifty_long_names_are_shown_in_full_and_do_not_touch():
    names = [f"{n} {'wide name of an option ' * 4}"[:80].strip() for n in range(50)]
    chart = distribution(scored([n % 6 for n in range(50)], named=names), 1)
    svg = drawn(chart)
    shown = " ".join(texts(svg))
    for name in names:
        assert all(word in shown for word in name.split())
    assert "…" not in shown
    lines = [int(t.get("y")) for t in svg.iter(f"{SVG}text") if t.get("font-weight")]
    assert all(b - a >= 22 for a, b in pairwise(lines))
    assert lines[-1] < chart.height
    assert all(float(t.get("x")) <= CHART_WIDTH for t in svg.iter(f"{SVG}text"))


def test_names_stay_text_and_keep_their_direction():
    evil = "</title><script>alert(1)</script>&\x00"
    chart = distribution(scored((5, 3), named=(evil, "שם בעברית")), 1)
    assert "<script" not in chart.svg().lower()
    assert "\u2068שם בעברית\u2069" in chart.svg()
    assert drawn(chart).get("direction") == "ltr"


def test_for_paper_it_is_cut_between_options_into_pieces_that_make_the_whole():
    names = tuple(f"Option {n}" for n in range(50))
    for draw, caption in ((distribution, "Ballots by score"), (pairs, "against each other option")):
        chart = draw(scored((5,) * 50, named=names), 1)
        pieces = [ET.fromstring(piece) for piece in chart.pieces()]  # noqa: S314
        assert len(pieces) > 1
        boxes = [[int(part) for part in piece.get("viewBox").split()] for piece in pieces]
        assert all(height <= 720 for _, _, _, height in boxes)
        tops = [top for _, top, _, _ in boxes]
        ends = [top + height for _, top, _, height in boxes]
        assert (tops, ends[-1]) == ([0, *ends[:-1]], chart.height)
        for piece, top, end in zip(pieces, tops, ends, strict=True):
            assert all(top < int(text.get("y")) < end for text in piece.iter(f"{SVG}text"))
        assert [text for piece in pieces for text in texts(piece)] == texts(drawn(chart))
        assert caption in pieces[0].get("aria-label")
        assert {piece.get("aria-hidden") for piece in pieces[1:]} == {"true"}
    (whole,) = distribution(scored((5, 3, 0)), 1).pieces()
    assert 'aria-label="Ballots by score"' in whole
