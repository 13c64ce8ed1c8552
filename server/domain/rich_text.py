"""Parses a comment's text into plain text, links and `code`, and nothing else.

`static/js/rich_text.js` parses it the same way; `tests/rich_text.json` tests both.
"""

import re
from typing import Literal, NamedTuple

# Spelled out, because \s and \w match other characters in other languages.
_PIECE = re.compile(
    r"`([^`\n ](?:[^`\n]*[^`\n ])?)`|(?<![A-Za-z0-9])([Hh][Tt][Tt][Pp][Ss]?://[^\s\ufeff<>\"'`.,;:!?/@#()\[\]]"
    r"[^\s\ufeff<>\"'`]*)"
)
_ENDS_A_SENTENCE = ".,;:!?*_~"
_BRACKETS = ((")", "("), ("]", "["))


class Piece(NamedTuple):
    kind: Literal["text", "link", "code"]
    text: str


def pieces(text: str) -> list[Piece]:
    """Split a text into pieces; joined again, with back-ticks around code, they are the
    same text.
    """
    found: list[Piece] = []
    end = 0
    for match in _PIECE.finditer(text):
        code, address = match.groups()
        piece = Piece("code", code) if code else Piece("link", _trimmed(address))
        if match.start() > end:
            found.append(Piece("text", text[end : match.start()]))
        found.append(piece)
        end = match.end() if code else match.start() + len(piece.text)
    if end < len(text):
        found.append(Piece("text", text[end:]))
    return found


def _trimmed(address: str) -> str:
    """Strip the punctuation that ends the sentence around an address, but is not part of it."""
    stem = len(address.rstrip(_ENDS_A_SENTENCE + ")]"))
    tail = address[stem:]
    end = stem
    # A bracket is part of the address as long as it closes one there. Counted and split as a
    # whole: one by one, the brackets of a hundred comments would stall a meeting.
    for shut, opening in _BRACKETS:
        spare = max(address.count(shut) - address.count(opening), 0)
        closing = max(tail.count(shut) - spare, 0)
        end = max(end, len(address) - len(tail.split(shut, closing)[closing]))
    return address[:end]
