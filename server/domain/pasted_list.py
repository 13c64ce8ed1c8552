"""Reads a list of options as people have it: typed, or pasted from a document or a spreadsheet.

One line is one option. The whole text decides in which form the lines are:

1. A table of Markdown: lines that begin and end with `|`, or lines with `|` around a separator row
   (`--- | ---`); or one as programs print it, with lines of `+---+` around the rows, or with the
   same number of ` | ` in all lines.
2. Cells of a spreadsheet: a tab is between two cells of some line.
3. CSV: there are at least two lines, and all have the same number of cells, at least two, at `;` or
   at `,`. No comma between cells is followed by a space or stands between two digits, unless the
   first line is a heading. So “Yes, please” is a name.
4. Otherwise a list. A mark at the beginning of a line (`-`, `*`, `1.`, `[x]`) needs a space after
   it, so `-O2` and `*nix` are names. Other marks, such as `A.` and `#1`, are some if they count
   through the whole list. What stands in quotes is a name as it is.

The first cell is the name, the second the strapline, and a cell that is an address is the link. A
heading such as `name;strapline;tags` says which cell is what.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from server.domain.list_items import (
    ADDRESS,
    WITHIN,
    address,
    cleaned,
    linked,
    name_of,
    trimmed,
    uncounted,
    unmarked,
    unquoted,
)
from server.domain.options import OptionDraft
from server.words.catalogue import words

MAX_LINES = 1_000
"""Lines of a text, empty ones included."""

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_CITED = re.compile(r">(?:[ \t]*>)*[ \t]+")
_TABLE_ROW = re.compile(r"\|.*\|")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_GRID = re.compile(r"\+[-=+]+\+|-+(?:\+-+)+")
_PIPE = re.compile(r"(?<!\\)\|")

_HEADINGS = {
    "name": ("name", "option", "options", "title", "item", "candidate", "choice", "tool"),
    "strapline": ("strapline", "description", "tagline", "summary", "notes", "note", "comment"),
    "features": ("features", "facts"),
    "suited_to": ("suited to", "suited for"),
    "link": ("link", "url", "website", "web site", "home page", "homepage", "address"),
    "tags": ("tags", "labels", "keywords"),
    "id": ("id",),
}
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings}

_CERTAIN = {"name", "option", "options", "candidate"}
"""Words over a first column that are no option, whatever is over the others."""


class Row(NamedTuple):
    """One option of a list, and where it was read. A field that the text lacks is empty."""

    line: int
    """Counted from 1, empty lines included."""
    typed: str
    fields: dict[str, str]
    """By the names of an option's fields; `features` and `tags` are as they stand in their cell."""


class ListError(ValueError):
    """A text is too long for a list of options; `str()` of it tells a person why."""


class LeftOut(NamedTuple):
    """A line that is no option: the heading of a table, or the rule below it."""

    line: int
    typed: str


Line = Row | LeftOut


class _Typed(NamedTuple):
    line: int
    text: str


def read_list(text: str) -> list[Line]:
    """Return what was understood of a text, line by line; empty lines are left out.

    Raises ListError.
    """
    split = _BREAK.split(text)
    if len(split) > MAX_LINES:
        raise ListError(words("read-too-many-lines", count=len(split), max=MAX_LINES))
    lines = [
        _Typed(number, text) for number, text in enumerate(map(trimmed, split), start=1) if text
    ]
    if lines and all(_CITED.match(each.text) for each in lines):
        lines = [each._replace(text=_CITED.sub("", each.text, count=1)) for each in lines]
    if found := _read_table(lines):
        return found
    if (delimiter := _delimiter(text, lines)) is not None:
        return _read_cells(text, delimiter)
    bare = uncounted([each.text for each in lines])
    return [Row(*each, name_of(unmarked(text))) for each, text in zip(lines, bare, strict=True)]


# Tables of Markdown


def _read_table(lines: Sequence[_Typed]) -> list[Line]:
    """Read a text that has a table; lines outside the table are read as a list."""
    rules = {n for n, each in enumerate(lines) if "|" in each.text and _RULE.fullmatch(each.text)}
    grid = [n for n, each in enumerate(lines) if _GRID.fullmatch(each.text)]
    whole = [_TABLE_ROW.fullmatch(each.text) is not None for each in lines]
    pipes = {len(_PIPE.findall(each.text)) for each in lines if " | " in each.text}
    if len(lines) > 1 and len(pipes) == 1 and all(" | " in each.text for each in lines):
        whole = [True] * len(lines)
    if not rules and not grid and not (lines and all(whole)):
        return []
    below = rules | {n for n in grid if "=" in lines[n].text or lines[n].text[0] == "-"}
    # Programs for databases draw a line above the heading, one below, and one below the rows.
    below |= {grid[1]} if len(grid) == 3 and not below else set()
    headings = {n - 1 for n in below if n and _PIPE.search(lines[n - 1].text)}
    rules |= {*grid}
    fields = None
    records: list[tuple[_Typed, list[str]]] = []
    read: list[Line] = []
    inside = False
    for n, each in enumerate(lines):
        inside = n in rules or n in headings or whole[n] or (inside and "|" in each.text)
        if n in headings:
            fields = fields or _heading(_table_cells(each.text))
        if n in headings or n in rules:
            read.append(LeftOut(*each))
        elif inside:
            records.append((each, _table_cells(each.text)))
        else:
            read.append(Row(*each, name_of(unmarked(each.text))))
    return sorted([*read, *_rows(records, fields)], key=lambda each: each.line)


def _table_cells(text: str) -> list[str]:
    text = text.removeprefix("|")
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    return [trimmed(cell).replace("\\|", "|") for cell in _PIPE.split(text)]


# Spreadsheets and CSV


def _delimiter(text: str, lines: Sequence[_Typed]) -> str | None:
    """Return what separates the cells of a text; None if it is a list."""
    if lines and (named := re.fullmatch(r"sep=(.)", lines[0].text)):
        return named[1]
    if any("\t" in unmarked(each.text) for each in lines):
        return "\t"
    for delimiter in (";", ","):
        rows = [cells for _, _, cells in _split(text, delimiter)]
        if not rows or len(rows[0]) < 2 or len({len(cells) for cells in rows}) > 1:
            continue
        if _heading(rows[0]) and len(rows) > 1:
            return delimiter
        # One line with many cells is more likely a sentence than a table of one row.
        if len(rows) > 1 and (delimiter == ";" or not any(map(_is_prose, rows))):
            return delimiter
    return None


def _is_prose(cells: Sequence[str]) -> bool:
    """Whether commas between cells belong to a sentence, or to a number."""
    return any(
        after[:1].isspace() or (before[-1:].isdigit() and after[:1].isdigit())
        for before, after in pairwise(cells)
    )


def _split(text: str, delimiter: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each record with its first line and its text; a cell in quotes may have line breaks."""
    lines = [WITHIN.sub("", line) for line in _BREAK.split(text)]
    # Quotes without a partner are inches, or a quotation: nothing ends at them.
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if text.count('"') % 2 else csv.QUOTE_MINIMAL,
    )
    done = 0
    try:
        for cells in reader:
            first, done = done, reader.line_num
            if any(map(trimmed, cells)):
                yield first + 1, trimmed(" ".join(lines[first:done])), cells
    except csv.Error:
        raise ListError(words("read-text-too-long", line=done + 1)) from None


def _read_cells(text: str, delimiter: str) -> list[Line]:
    rows = list(_split(text, delimiter))
    if rows and re.fullmatch(r"sep=.", rows[0][1]):
        rows = rows[1:]
    width = max(len(cells) for _, _, cells in rows)
    used = [n for n in range(width) if any(n < len(c) and trimmed(c[n]) for _, _, c in rows)]
    records: list[tuple[_Typed, list[str]]] = []
    for line, typed, cells in rows:
        kept = [trimmed(cells[n]) if n < len(cells) else "" for n in used]
        marked = _marked(typed) if delimiter == "\t" else None
        records.append((_Typed(line, typed), marked or kept))
    fields = _heading(records[0][1]) if len(records) > 1 else None
    if fields is None:
        return [*_rows(records, None)]
    return [LeftOut(*records[0][0]), *_rows(records[1:], fields)]


def _marked(typed: str) -> list[str] | None:
    """Return the cells of a list item, whose mark a word processor separates with a tab."""
    bare = unmarked(typed)
    return None if bare == typed else [trimmed(cell) for cell in bare.split("\t")]


def _heading(cells: Sequence[str]) -> list[str] | None:
    """Return the field of each cell, empty for an unknown one; None if this is no heading."""
    known = [re.sub(r"[\s*_`]+", " ", cell).strip().casefold() for cell in cells]
    fields = [_FIELDS.get(cell, "") for cell in known]
    if "name" not in fields or (sum(map(bool, fields)) < 2 and known[0] not in _CERTAIN):
        return None
    if "" in fields and "strapline" not in fields:
        # What else the table tells is what an option is.
        fields[fields.index("")] = "strapline"
    # The first of several cells for one field.
    return [field if field not in fields[:n] else "" for n, field in enumerate(fields)]


def _row(typed: _Typed, cells: Sequence[str], fields: Sequence[str] | None) -> Row:
    if fields is not None:
        named = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
        return Row(typed.line, typed.text, _with_name(typed, named.pop("name", ""), named))
    first, *others = cells
    more: dict[str, str] = {}
    for cell in filter(None, others):
        if found := ADDRESS.fullmatch(cell):
            more.setdefault("link", found[1])
        else:
            more.setdefault("strapline", cell)
    return Row(typed.line, typed.text, _with_name(typed, first, more))


def _with_name(typed: _Typed, cell: str, others: dict[str, str]) -> dict[str, str]:
    """Join a name's cell, which may be a link, with the other cells of its row."""
    name = {"name": cleaned(cell)} if typed.text.startswith('"') else name_of(unmarked(cell))
    read = {field: text for field, text in name.items() if text}
    for field, text in others.items():
        if field in {"features", "tags"}:
            read[field] = text
        elif (found := linked(text)) and found.end() == len(text):
            read.setdefault("link", address(found["link"]))
            if field != "link":
                read[field] = cleaned(found["name"])
        elif text:
            read[field] = cleaned(unquoted(text))
    return {"name": "", **read}


def _rows(records: Iterable[tuple[_Typed, list[str]]], fields: list[str] | None) -> list[Row]:
    """Read the rows of a table; a column that only counts them is left out."""
    records = list(records)
    counts = [str(n) for n in range(1, len(records) + 1)]
    first = [cells[0].rstrip(".)") for _, cells in records]
    counted = len(records) > 1 and first == counts and all(len(cells) > 1 for _, cells in records)
    if counted and fields is None:
        records = [(typed, cells[1:]) for typed, cells in records]
    return [_row(typed, cells, fields) for typed, cells in records]


def draft_of(row: Row) -> OptionDraft:
    """Make a draft of an option; `complete` checks it, as it checks every draft."""
    more = row.fields
    return OptionDraft(
        id=more.get("id") or None,
        name=more["name"],
        strapline=more.get("strapline", ""),
        features=_parts(more.get("features", ""), ";"),
        suited_to=more.get("suited_to", ""),
        link=more.get("link", ""),
        tags=_parts(more.get("tags", ""), ",;"),
    )


def _parts(cell: str, marks: str) -> tuple[str, ...]:
    """Split a cell that holds several texts, at line breaks and some marks."""
    return tuple(filter(None, map(cleaned, re.split(rf"[\n{marks}]", cell))))
