"""A made-up language, so that a test sees which text bypasses the catalogue, and what does not fit.

`en-XA` is English with accents, 40 % longer, in brackets: `Join` becomes `[Jöïñ one]`.
"""

from itertools import cycle, islice

from fluent.syntax import visitor
from fluent.syntax.ast import Message, Pattern, TextElement

PSEUDO = "en-XA"
LONGER = 0.4
_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž",
)
_PADDING = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def accented(message: Message) -> Message:
    """Return a copy in `en-XA`. Arguments, and the id, stay as they are."""
    changed = message.clone()
    _Accents().visit(changed)
    return changed


class _Accents(visitor.Visitor):
    """Changes the texts of a message; the brackets go around the whole of it."""

    def __init__(self) -> None:
        self._depth = 0

    def visit_Pattern(self, pattern: Pattern) -> None:  # noqa: N802 - the library's name
        self._depth += 1
        self.generic_visit(pattern)
        self._depth -= 1
        if self._depth == 0:
            pattern.elements = [TextElement("["), *pattern.elements, TextElement("]")]

    def visit_TextElement(self, text: TextElement) -> None:  # noqa: N802 - the library's name
        text.value = _longer(text.value)


def _longer(text: str) -> str:
    letters = sum(character.isalpha() for character in text)
    if not letters:
        return text
    words = islice(cycle(_PADDING), round(letters * LONGER / 5))
    bare = text.rstrip()
    return " ".join([bare, *words]).translate(_ACCENTS) + text[len(bare) :]
