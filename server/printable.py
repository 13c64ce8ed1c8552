"""Text that others wrote, made fit for a terminal and for a line of the log.

A terminal obeys what it is shown: it can be made to erase lines, to show other words, or to type.
"""

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control characters, those of no width and of direction, halves of pairs, unassigned ones, and
breaks of lines and paragraphs."""


def printable(text: str, *, lines: bool = False) -> str:
    r"""Show what a terminal would obey, or not show, as Python writes it: `\x1b`, `\u202e`.

    `lines` lets the ends of lines stand.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each
        if (each == "\n" and lines) or unicodedata.category(each) not in _UNSEEN
        else each.encode("unicode_escape", "surrogatepass").decode("ascii")
        for each in text
    )
