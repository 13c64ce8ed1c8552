"""Calendar files: any text arrives in a calendar as it was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.record import record_of
from server.domain.refusals import Refused
from server.exports.calendar_file import as_calendar
from support.decisions import decide, meeting, whole_meeting

LINK = "https://vote.example.org/b/K7QF2M/record"


def written(made):
    return as_calendar(record_of(made.board), link=LINK)


def read(file):
    """Read a calendar as RFC 5545 says: unfold, split, unescape."""
    assert file.endswith(b"\r\n")
    lines = file[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(b"\r" not in line and b"\n" not in line for line in lines)
    for line in lines:
        line.decode()  # No character is split.
    unfolded = file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")
    found = dict(line.split(":", 1) for line in unfolded if not line.startswith(("BEGIN", "END")))
    unescape = {"n": "\n", "N": "\n"}
    return {
        name: re.sub(r"\\(.)", lambda m: unescape.get(m[1], m[1]), value)
        for name, value in found.items()
    }


def test_the_day_is_an_event_that_lasts_all_day():
    event = read(written(whole_meeting()))
    assert event["DTSTART;VALUE=DATE"] == "20270601"
    assert event["SUMMARY"] == "Look again: Which one?"
    assert event["UID"] == "K7QF2M@stackvote"
    assert event["URL"] == LINK
    assert "What was decided: Flask." in event["DESCRIPTION"]
    assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])


def test_another_day_is_a_later_version_of_the_same_event():
    made = whole_meeting()
    before = read(written(made))
    decide(made, revisit_on="2028-01-02")
    after = read(written(made))
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTART;VALUE=DATE"] == "20280102"


def test_a_deferred_decision_comes_back_on_its_day():
    made = meeting()
    made.do(act.Defer(owner="Ann", because="Too early.", revisit_on="2027-06-01"), "host")
    event = read(written(made))
    assert event["DTSTART;VALUE=DATE"] == "20270601"
    assert "Deferred" in event["DESCRIPTION"]


def test_without_a_day_there_is_none():
    for made in (meeting(), meeting()):
        with pytest.raises(Refused, match="No day was set"):
            written(made)
        decide(made, revisit_on=None)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_any_title_arrives_as_it_was_written(title):
    made = meeting(title=title)
    decide(made)
    assert read(written(made))["SUMMARY"] == f"Look again: {title}"


def test_a_line_break_begins_no_property():
    made = meeting(title="a\r\nATTENDEE:mailto:eve@example.org\n;,\\\\")
    decide(made)
    event = read(written(made))
    assert "ATTENDEE" not in event
    assert event["SUMMARY"] == "Look again: a\nATTENDEE:mailto:eve@example.org\n;,\\\\"
