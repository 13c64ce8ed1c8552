import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from server.domain import actions as act
from server.domain.decision import Consequence
from server.domain.record import record_of
from server.exports.markdown import as_markdown, heading
from support.decisions import decide, meeting, reveal, whole_meeting

FORM = [
    "Context and Problem Statement",
    "Decision Drivers",
    "Considered Options",
    "Decision Outcome",
    "Consequences",
    "Confirmation",
    "Pros and Cons of the Options",
    "More Information",
]
HOSTILE = [
    "# A heading",
    "- an item\n- another",
    "1. one\n2) two",
    "<script>alert(1)</script>",
    "<!-- gone",
    "![x](https://evil.example/x.png)",
    "[Click](javascript:alert(1))",
    "[x]: https://evil.example",
    "a | b | c",
    "**bold** _it_ ~~no~~ `tick",
    "text\n===\nmore\n---",
    "> quoted",
    "```\nfence",
    "    indented\n\tcode",
    "&lt;b&gt; &#60;i>",
    "\\<b>",
    "---\nstatus: rejected\n---",
    "+ plus",
    ": definition",
    "$x$",
]


def written(made):
    return as_markdown(
        record_of(made.board), link="https://vote.example/b/K7QF2M/record", day="2026-11-22"
    )


def tokens(text):
    body = text.split("\n---\n", 1)[1]
    return MarkdownIt("commonmark").enable("table").parse(body)


def headings(text, level):
    found = tokens(text)
    return [
        found[n + 1].content
        for n, each in enumerate(found)
        if each.type == "heading_open" and each.tag == f"h{level}"
    ]


def test_a_whole_meeting_has_the_headings_of_madr_4():
    text = written(whole_meeting())
    assert text.startswith("---\nstatus: accepted\ndate: 2026-11-22\n---\n\n# Which one? Flask\n")
    assert headings(text, 1) == ["Which one? Flask"]
    assert headings(text, 2) == [
        "Context and Problem Statement",
        "Decision Drivers",
        "Considered Options",
        "Decision Outcome",
        "Pros and Cons of the Options",
        "More Information",
    ]
    assert headings(text, 3) == [
        "Consequences",
        "Confirmation",
        "Flask",
        "Round 1: Approval, 3 voters",
    ]
    for line in (
        "* Speed (weight 1)",
        "* Flask\n* Django\n* Tornado\n",
        "How sure: a coin toss. It would have taken one different ballot, of 3, for Flask to lose.",
        'Chosen option: "Flask", because\n\nIt is small.\n',
        "* Bad, because In round 1, 1 of 3 ballots favoured another option over Flask.",
        "Look again on 2027-06-01.",
        "* Good, because It is small. (Annabel)\n* Bad, because No admin. (Benedict)",
        "| 1 | Flask | 2 |\n| 2 | Django | 1 |",
        "<https://vote.example/b/K7QF2M/record>",
    ):
        assert line in text, line


def test_without_a_decision_it_is_proposed_and_says_what_is_missing():
    made = meeting()
    made.open()
    made.vote("ann", "flask")
    text = written(made)
    assert "status: proposed" in text
    assert "No option has been chosen yet." in text
    assert "Round 1 is not revealed yet" in text
    assert headings(text, 1) == ["Which one?"]
    assert "| 1 |" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_stays_text(text):
    one_line = " ".join(text.split())
    made = meeting()
    plain = meeting()
    for each, said, name in ((made, text, one_line), (plain, "plain", "plain")):
        flask = each.board.options[1]
        each.do(act.SetBoard(title=name, context=said), "host")
        each.do(act.EditOption(option=type(flask)(id="flask", name=name[:80])), "host")
        each.say("ann", "c1", said)
        each.say("ann", "c2", said, kind=act.Kind.CON)
        each.do(act.Rename(name=name[:40]), "ben")
        each.say("ben", "c3", said)
        each.open()
        each.vote("ann", "flask")
        reveal(each)
        decide(each, because=said)

    def shape(of):
        return [each.type for each in tokens(of)]

    assert shape(written(made)) == shape(written(plain))
    inline = [child for each in tokens(written(made)) for child in each.children or ()]
    allowed = {"text", "softbreak", "code_inline"}
    for n, each in enumerate(inline):
        if each.type == "link_open":
            # What it leads to is what it shows.
            assert inline[n + 1].content == each.attrs["href"]
            assert each.attrs["href"].startswith("https://")
    assert {each.type for each in inline} <= allowed | {"link_open", "link_close"}
    said = "".join(each.content for each in inline if each.type in allowed)
    assert re.sub(r"\s", "", text.split("\n")[0].replace("`", "")) in re.sub(
        r"\s", "", said
    ).replace("`", "")


@given(st.text(max_size=60))
def test_no_text_becomes_html_or_a_heading(text):
    made = meeting()
    made.do(act.SetBoard(title="Which one?", context=text), "host")
    found = tokens(written(made))
    inline = [child.type for each in found for child in each.children or ()]
    assert not {"html_inline", "image"} & set(inline)
    assert not {"html_block", "fence", "code_block", "hr", "blockquote_open"} & {
        t.type for t in found
    }
    assert [each for each in headings(written(made), 2) if each not in FORM] == []


def test_links_and_code_of_an_argument_are_kept():
    made = meeting()
    made.say("ann", "c1", "See https://example.org/a_b*c and `x_y`.")
    assert "* Good, because See <https://example.org/a_b*c> and `x_y`. (Annabel)" in written(made)


def test_the_title_tells_what_was_decided():
    made = whole_meeting()
    assert heading(record_of(made.board)) == "Which one? Flask"
    made.do(act.SetBoard(title="The framework"), "host")
    assert heading(record_of(made.board)) == "The framework: Flask"


def test_consequences_with_owners_and_the_confirmation_stand_where_madr_has_them():
    made = meeting()
    decide(
        made,
        consequences=(Consequence(text="# Learn *it*", owner="Ann | Ben"),),
        confirmation="Latency < 50 ms.\n# After a month",
    )
    text = written(made)
    assert headings(text, 3)[:2] == ["Consequences", "Confirmation"]
    assert "* \\# Learn \\*it\\* (owner: Ann \\| Ben)" in text
    confirmed = text.partition("### Confirmation\n\n")[2].partition("\n## ")[0].strip()
    assert confirmed == ("Latency \\< 50 ms.\n\\# After a month\n\nLook again on 2027-06-01.")
