"""What a comment's text is made of: plain words, links and `code`, and nothing else.

`static/js/rich_text.js` reads it in the same way; `tests/rich_text.json` holds both to it.
"""

import re
from typing import Literal, NamedTuple

# Spelled out, because \s and \w mean other characters in other languages.
_PIECE = re.compile(
    r"`([^`\n ](?:[^`\n]*[^`\n ])?)`|(?<![A-Za-z0-9])([Hh][Tt][Tt][Pp][Ss]?://[^\s\ufeff<>\"'`.,;:!?/@#()\[\]]"
    r"[^\s\ufeff<>\"'`]*)"
)
_ENDS_A_SENTENCE = ".,;:!?*_~"
_BRACKETS = {")": "(", "]": "["}


class Piece(NamedTuple):
    kind: Literal["text", "link", "code"]
    text: str


def pieces(text: str) -> list[Piece]:
    """Take a text apart; joined again, with the back-ticks of code, it is the same text."""
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
    """Leave out what ends the sentence round an address, and not the address."""
    while True:
        last = address[-1]
        opening = _BRACKETS.get(last)
        if opening is not None:
            if address.count(opening) >= address.count(last):
                return address
        elif last not in _ENDS_A_SENTENCE:
            return address
        address = address[:-1]
