import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.exports.spreadsheet import as_csv

FORMULAS = [
    "=1+1",
    '=HYPERLINK("https://evil.example","click")',
    "+1",
    "-1+1|cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    '"=1',
    "'=1",
    "|calc",
    "%0A=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A",
]


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_begins_like_a_formula_is_made_harmless(text):
    ((cell, other),) = read(as_csv([[text, "Flask"]]))
    assert cell == f"'{text}"
    assert other == "Flask"


def test_numbers_stay_numbers():
    assert read(as_csv([[-0.41, 5, None, "C#", "a-b"]])) == [["-0.41", "5", "", "C#", "a-b"]]


def test_it_is_as_rfc_4180_says_with_a_mark_for_excel():
    data = as_csv([['Größe, “quoted” "here"', "two\nlines"], ["x", 1]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == ('"Größe, “quoted” ""here""","two\nlines"\r\nx,1\r\n')


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=2, max_size=2
        )
    )
)
def test_what_is_written_is_read_again(rows):
    found = read(as_csv(rows).replace(b"\x00", b""))
    assert len(found) == len(rows)
    for row, told in zip(rows, found, strict=True):
        for cell, again in zip(row, told, strict=True):
            assert again in {cell.replace("\x00", ""), f"'{cell}".replace("\x00", "")}
