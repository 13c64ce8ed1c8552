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
_BRACKETS = ((")", "("), ("]", "["))


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
    # Counted once: for each character anew, two hundred such comments would hold up a meeting.
    spare = {shut: address.count(shut) - address.count(opening) for shut, opening in _BRACKETS}
    end = len(address)
    while (last := address[end - 1]) in _ENDS_A_SENTENCE or spare.get(last, 0) > 0:
        if last in spare:
            spare[last] -= 1
        end -= 1
    return address[:end]
