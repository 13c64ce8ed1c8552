"""Makes foreign text safe for a terminal and for a log line.

A terminal obeys control sequences: they can make it erase lines, show other text, or type.
"""

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that are escaped: control, format and unassigned characters, surrogates,
private use, and separators of lines and paragraphs.
"""


def printable(text: str, *, lines: bool = False) -> str:
    r"""Escape what a terminal would obey, or not show, as Python writes it: `\x1b`, `\u202e`.

    `lines` preserves line ends.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each
        if (each == "\n" and lines) or unicodedata.category(each) not in _UNSEEN
        else each.encode("unicode_escape", "surrogatepass").decode("ascii")
        for each in text
    )


def one_line(text: str, longest: int = 60) -> str:
    """Return foreign text as a single, shortened line for a terminal."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
