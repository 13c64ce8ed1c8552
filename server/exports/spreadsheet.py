"""CSV that a spreadsheet opens right: RFC 4180, UTF-8 with a byte order mark, and no formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

Cell = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", *"\uff1d\uff0b\uff0d\uff20")
"""How text begins that a spreadsheet would run; the last four are the wide signs of East Asian
keyboards.
"""
_READ_OTHERWISE = re.compile(
    r"(?!0$|[1-9]\d{0,14}$)\s*\d[\d\s.,:/'%-]*(e[+-]?\d+)?\s*", re.IGNORECASE
)
"""Text that a spreadsheet would show as another number, a date or a time: 007, 1.10, 3/4, 1e5."""


def as_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as CSV. Numbers stay numbers; text that begins like a formula, or would be read
    as another number, gets an apostrophe.

    Without the mark, Excel takes the text for one in the code page of its machine.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    # Some programs ignore what cannot be seen in front of a formula, or a quote around it.
    begins = cell.lstrip(" \"'\u00a0\u200b\ufeff").startswith(_FORMULA)
    changes = begins or cell.startswith(_FORMULA) or _READ_OTHERWISE.fullmatch(cell)
    return f"'{cell}" if changes else cell
