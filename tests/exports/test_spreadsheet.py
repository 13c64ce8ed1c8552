import csv
import io
import subprocess
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.exports.spreadsheet import as_csv
from support.programs import path_of

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


@pytest.mark.parametrize(
    "text", ["007", "1.10", "3/4", "12:30", "1e5", "2026-11-28", "50 %", "1,000", " 5", "1" * 16]
)
def test_text_that_would_be_another_number_or_a_date_stays_as_it_was_written(text):
    assert read(as_csv([[text, "x"]])) == [[f"'{text}", "x"]]


@pytest.mark.parametrize("text", ["0", "7", "2027", "Python 3.10", "3 of 4", "v1.10", "1 June"])
def test_other_text_with_digits_is_left_alone(text):
    assert read(as_csv([[text, "x"]])) == [[text, "x"]]


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


OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}%s"
CELL, KIND, VALUE, FORMULA, REPEATED = (
    OFFICE % name
    for name in (
        ("table", "table-cell"),
        ("office", "value-type"),
        ("office", "value"),
        ("table", "formula"),
        ("table", "number-columns-repeated"),
    )
)
CHANGED = ["=1+1", '=HYPERLINK("x")', "-2", "@SUM(1)", "007", "1.10", "3/4", "2026-11-28", "1e5"]
KEPT = [
    "Größe",
    "Zebra 🦓",
    "山田",
    "a, b; “c” d",
    'say "hi"',
    "two\nlines",
    "Python 3.10",
    "1 of 2",
]


@pytest.mark.slow
@pytest.mark.needs("soffice")
def test_a_spreadsheet_program_opens_it_as_it_was_meant(tmp_path):
    numbers = [1, -0.4167, 0, None, 12]
    rows = [[text, *numbers, text] for text in (*KEPT, *CHANGED)]
    shown = [*KEPT, *(f"'{text}" for text in CHANGED)]
    assert opened(as_csv(rows), tmp_path) == [[text, *numbers, text] for text in shown]


def opened(data, folder):
    """Return the cells that LibreOffice finds: text as str, numbers as float, None if empty."""
    (folder / "record.csv").write_bytes(data)
    # What a person confirms in the dialog, which knows UTF-8 by the mark: commas and quotes.
    reading = "Text - txt - csv (StarCalc):44,34,76"
    command = [
        path_of("soffice"),
        "--headless",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
    ]
    command += [f"--infilter={reading}", "--convert-to", "fods", "--outdir", folder]
    subprocess.run([*command, folder / "record.csv"], check=True, capture_output=True, timeout=120)
    found = []
    for row in ET.parse(folder / "record.fods").iter(OFFICE % ("table", "table-row")):  # noqa: S314
        cells = []
        for cell in row.iter(CELL):
            assert FORMULA not in cell.attrib
            kind = cell.get(KIND)
            assert kind in {None, "string", "float"}
            text = "\n".join("".join(line.itertext()) for line in cell)
            value = float(cell.get(VALUE)) if kind == "float" else text or None
            cells += [value] * int(cell.get(REPEATED, "1"))
        found.append(cells)
    return found
