"""The day on which to look at a decision again, as a calendar file (RFC 5545)."""

import re
import time
from collections.abc import Iterator

from server.domain.record import Record, told_predictions
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

_LONGEST = 75
"""Bytes of a line, without its end (RFC 5545, 3.1)."""


def as_calendar(record: Record, *, link: str) -> bytes:
    """Return a calendar with one event that lasts all day. `link` is the address of the record.

    The event has the same UID whenever it is written, so a calendar moves it when the day changes.
    Raises Refused `no_such_round` if there is no such day.
    """
    outcome = record.outcome or record.deferral
    if outcome is None or outcome.revisit_on is None:
        raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-day"))
    return b"".join(_folded(line) for line in _lines(record, outcome.revisit_on, outcome.at, link))


def _lines(record: Record, day: str, at: int, link: str) -> Iterator[str]:
    written = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at / 1000))
    about = record.outcome.name if record.outcome else words("phase-deferred")
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stackvote//Decision record//EN")
    yield from ("BEGIN:VEVENT", f"UID:{record.code}@stackvote")
    # A later version of the event replaces an earlier one.
    yield from (f"DTSTAMP:{written}", f"SEQUENCE:{record.seq}")
    yield f"DTSTART;VALUE=DATE:{day.replace('-', '')}"
    yield f"SUMMARY:{_text(words('calendar-summary', title=record.title))}"
    described = words("calendar-description", about=about, link=link)
    predicted = told_predictions(record.outcome)
    lines = (described, words("record-predictions"), *predicted) if predicted else (described,)
    yield f"DESCRIPTION:{_text(chr(10).join(lines))}"
    yield from (f"URL:{link}", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR")


def _text(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", r"\\n", re.sub(r"([\\;,])", r"\\\1", text))


def _folded(line: str) -> bytes:
    """Return a line with its end; a long one goes on in further lines, which begin with a blank."""
    parts = [b""]
    for character in line:
        encoded = character.encode()
        # A line that goes on has one byte less, for the blank.
        if len(parts[-1]) + len(encoded) > _LONGEST - (len(parts) > 1):
            parts.append(b"")
        parts[-1] += encoded
    return b"\r\n ".join(parts) + b"\r\n"
