"""The picture of a result: complete, readable and well-formed, whatever people call their options."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.options import Option
from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.exports.picture import HEIGHT, WIDTH, as_svg
from server.exports.svg import Style, width_of
from support.decisions import decide, meeting, reveal, whole_meeting
from support.strategies import Meeting

SVG = "{http://www.w3.org/2000/svg}"


def board(*names, title="Which one?"):
    options = tuple(Option(id=f"o{n}", name=name) for n, name in enumerate(names))
    create = act.Create(code="K7QF2M", title=title, host="0" * 64, options=options)
    return Meeting(act.Entry(rules=act.RULES, action=create))


def played(*names, title="Which one?", chosen="o0"):
    made = board(*names, title=title)
    made.open("approval")
    made.vote("ann", "o0")
    made.vote("ben", "o0", "o1")
    reveal(made)
    decide(made, option=chosen)
    return made


def drawn(made):
    return ET.fromstring(as_svg(record_of(made.board)))  # noqa: S314


def texts(svg):
    return [text.text.strip("\u2068\u2069") for text in svg.iter(f"{SVG}text")]


def described(svg):
    return svg.find(f"{SVG}desc").text.replace("\u2068", "").replace("\u2069", "")


def test_it_shows_the_question_the_outcome_the_date_and_the_figures():
    svg = drawn(whole_meeting())
    assert (svg.get("width"), svg.get("height")) == (str(WIDTH), str(HEIGHT))
    shown = [text.replace("\u2068", "").replace("\u2069", "") for text in texts(svg)]
    assert shown == [
        *("Stackvote", "21 September 2026", "Which one?", "Decided: Flask."),
        *("Flask", "2", "Django", "1", "Tornado", "1", "Round 1: Approval, 3 voters"),
    ]
    bars = [float(rect.get("width")) for rect in svg.iter(f"{SVG}rect")][3::2]
    assert bars == [440, 220, 220]


def test_screen_readers_are_told_what_it_shows():
    svg = drawn(whole_meeting())
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby").split() == [
        svg.find(f"{SVG}title").get("id"),
        svg.find(f"{SVG}desc").get("id"),
    ]
    assert svg.find(f"{SVG}title").text == "Which one?"
    assert (
        described(svg)
        == "Decided: Flask. Round 1: Approval, 3 voters. Flask (2), Django (1) and Tornado (1)."
    )


def test_fifty_options_of_eighty_characters_are_readable():
    names = [f"{n} {'name of an option that is long ' * 4}"[:80] for n in range(50)]
    made = played(*names, title="A question of two hundred characters " * 6, chosen="o42")
    svg = drawn(made)
    shown = texts(svg)
    (more,) = [text for text in shown if text.startswith("and ")]
    rows = [text for text in svg.iter(f"{SVG}text") if float(text.get("font-size")) == 22]
    assert int(re.search(r"\d+", more)[0]) + len(rows) // 2 == 50
    assert any(text.startswith("42 name") for text in shown)
    # All of them are told.
    assert all(name.strip() in described(svg) for name in names)
    for text in svg.iter(f"{SVG}text"):
        assert 0 < float(text.get("y")) < HEIGHT
        assert float(text.get("font-size")) >= 20


@given(
    st.lists(st.text(min_size=1, max_size=80), min_size=2, max_size=12),
    st.text(min_size=1, max_size=200),
)
def test_whatever_people_write_it_is_well_formed_and_fits(names, title):
    svg = drawn(played(*names, title=title))
    lines = [text for text in svg.iter(f"{SVG}text") if not text.get("text-anchor")]
    for text in lines:
        style = Style(int(text.get("font-size")), bold=text.get("font-weight") == "700")
        assert width_of(text.text, style) <= 1136 - 64
    heights = [float(text.get("y")) for text in svg.iter(f"{SVG}text")]
    assert max(heights) < HEIGHT


def test_names_in_any_script_stay_on_their_side_and_are_cut_between_characters():
    hebrew, chinese = "שלום עולם (abc)!", "数据库" * 26
    family = "👩\u200d👩\u200d👧" * 20
    svg = drawn(played(hebrew, chinese, family))
    # Each line is isolated, so that its first letter decides its direction.
    assert all(text.text[0] + text.text[-1] == "\u2068\u2069" for text in svg.iter(f"{SVG}text"))
    shown = texts(svg)
    assert hebrew in shown
    (cut,) = [text for text in shown if text.startswith("数据库")]
    assert cut.endswith("…")
    assert 15 < len(cut) < 25
    (cut,) = [text for text in shown if text.startswith("👩")]
    assert cut.rstrip("…").endswith("👧")


def test_markup_in_names_is_text():
    svg = drawn(played("<script>alert(1)</script>", "a & b \x00 \ufffe", title="<b>?"))
    assert {element.tag for element in svg.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text")
    }
    assert "<script>alert(1)</script>" in texts(svg)


def test_a_decision_without_a_vote_shows_its_reason():
    made = meeting()
    decide(made, because="We know it.")
    shown = [text.replace("\u2068", "").replace("\u2069", "") for text in texts(drawn(made))]
    assert shown[-2:] == ["Decided: Flask. This was decided without a vote.", "We know it."]


def test_a_deferred_decision_tells_who_brings_it_back():
    made = meeting()
    made.do(act.Defer(owner="Ann", because="Too early.", revisit_on="2027-06-01"), "host")
    shown = texts(drawn(made))
    assert "Deferred until 1 June 2027. Ann brings it back." in shown
    assert "Too early." in shown


def test_a_round_that_is_not_revealed_is_refused_in_words():
    made = meeting()
    with pytest.raises(Refused, match="No round of voting has been revealed yet") as refused:
        as_svg(record_of(made.board))
    assert refused.value.code is Code.NO_SUCH_ROUND
    made.open("approval")
    made.vote("ann", "flask")
    with pytest.raises(Refused, match="Round 1 is not revealed yet") as refused:
        as_svg(record_of(made.board))
    assert refused.value.code is Code.ROUND_OPEN


def test_while_the_next_round_is_hidden_the_last_one_revealed_is_drawn():
    made = whole_meeting()
    before = as_svg(record_of(made.board))
    made.open("approval")
    made.vote("ann", "tornado")
    assert as_svg(record_of(made.board)) == before
