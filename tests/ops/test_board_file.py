"""Files of boards: whatever is done to one, it is read as it was written or not at all."""

import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.ops.board_file import BoardFileError, lines_of, read
from support.decisions import whole_meeting

LOG = [(seq, at, act.encode(entry)) for seq, at, entry in whole_meeting().log]
LINES = list(lines_of("K7QF2M", LOG))
WHOLE = b"".join(LINES)
SCHEMA = Path(__file__).parents[2] / "docs" / "board-file.schema.json"


def refusal(content):
    with pytest.raises(BoardFileError) as refused:
        read(io.BytesIO(content))
    return str(refused.value)


def test_what_was_written_is_read():
    assert read(io.BytesIO(WHOLE)) == ("K7QF2M", LOG)


def test_a_file_that_is_cut_anywhere_is_refused():
    assert refusal(b"") == "It is empty."
    for position in range(1, len(WHOLE)):
        words = refusal(WHOLE[:position])
        # A file that ends with a line is said to end after it.
        n = WHOLE[:position].count(b"\n") + (WHOLE[position - 1 : position] != b"\n")
        assert f"ine {n}" in words


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_a_file_that_is_altered_anywhere_is_refused_with_the_line(position, put, left_out):
    altered = WHOLE[:position] + put + WHOLE[position + left_out :]
    if altered == WHOLE:
        return
    words = refusal(altered)
    line = WHOLE[:position].count(b"\n") + 1
    # What is put in may be what stood there, so the first difference can be a line further on.
    assert any(f"ine {n} " in words for n in range(line - 1, line + 3)), words


def test_no_single_bit_can_be_changed():
    for position in range(len(WHOLE)):
        line = WHOLE[:position].count(b"\n") + 1
        changed = bytearray(WHOLE)
        changed[position] ^= 1 << position % 8
        assert f"ine {line} " in refusal(bytes(changed))


@pytest.mark.parametrize("n", range(len(LINES)))
def test_lines_that_are_missing_twice_or_elsewhere_are_refused_where_they_are(n):
    for moved in (
        LINES[:n] + LINES[n + 1 :],
        LINES[: n + 1] + LINES[n:],
        LINES[:n] + LINES[n:][::-1],
    ):
        if moved != LINES:
            words = refusal(b"".join(moved))
            assert f"ine {n + 1} " in words or f"ine {n + 2} " in words or n >= len(LINES) - 2


def test_a_line_of_another_file_does_not_fit():
    other = list(lines_of("K7QF2N", LOG))
    assert refusal(b"".join([*LINES[:5], other[5], *LINES[6:]])).startswith("Line 6 is not as")


def test_what_follows_the_end_is_refused():
    assert refusal(WHOLE + LINES[-1]).startswith(f"Line {len(LINES) + 1} is not as")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is empty."),
        (b"hello\n", "Line 1 does not say that `stackvote export` wrote this file."),
        (WHOLE.replace(b"\n", b"\r\n"), "Line 1 is not as it was exported"),
        (b"\xff" * 3_000_000, "Line 1 does not say"),
        (b'{"format":"stackvote-board","version":2,"boards":[]}\n', "a newer Stackvote wrote it"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(content, words):
    assert words in refusal(content)


def test_what_entries_say_is_judged_elsewhere():
    # `test_moving.py` imports one like this.
    later = [*LOG, (len(LOG) + 1, 1, b'{"rules":999,"action":{"type":"rename","name":"A"}}')]
    assert read(io.BytesIO(b"".join(lines_of("K7QF2M", later)))).rows == later


def test_positions_must_rise():
    assert "Line 4 cannot stand there." in refusal(
        b"".join(lines_of("K7QF2M", [LOG[0], LOG[2], LOG[1]]))
    )


def test_an_entry_that_would_break_a_line_is_not_written():
    with pytest.raises(act.UnreadableError, match="the entry 1 was not written by Stackvote"):
        list(lines_of("K7QF2M", [(1, 1, b'{\n"rules":4}')]))


def test_the_schema_in_the_docs_is_that_of_the_code_and_fits_each_line():
    made = subprocess.run(
        [sys.executable, "-m", "server.ops.board_file"], capture_output=True, check=True
    )
    assert made.stdout == SCHEMA.read_bytes()
    validator = jsonschema.Draft202012Validator(json.loads(made.stdout))
    for line in LINES:
        validator.validate(json.loads(line))
    assert not validator.is_valid({"seq": 1, "at": 1, "sum": "0" * 32})
