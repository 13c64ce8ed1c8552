"""What the pictures have in common: colours, and text that fits whatever font draws it.

Colours are those of the pages (`static/css/tokens.css`). Within a page, the classes that go with
them give the page's own colours, so that a picture is dark where the page is.
"""

import colorsys
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import NamedTuple

from server.domain.options import HUES, OTHER_HUE
from server.domain.record import Considered, Record, RecordedRound
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

PAPER, INK, SOFT, LINE = "#fbfaf7", "#171b22", "#595e66", "#dfdeda"
CLASSES = {PAPER: "pic-paper", INK: "pic-ink", SOFT: "pic-soft", LINE: "pic-line"}
FONTS = (
    "Inter, system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, DejaVu Sans, Liberation Sans, "
    "Arial, Helvetica, sans-serif"
)
_NOT_XML = re.compile("[^\\t\\n\\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_THIN, _BROAD = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMW@%&—…")


CHART_WIDTH = 480
"""Narrow, so that text can be read where a phone shows it."""
_HALF_SHEET = 720
"""How high a piece of a chart is at most: two of them fill a sheet of paper."""


class Style(NamedTuple):
    """How a line of text looks; its size is in pixels."""

    size: int
    bold: bool = False
    fill: str = INK


def filled(fill: str) -> str:
    """Return the attributes of a shape of one of the colours above, or of an accent."""
    return f'fill="{fill}" class="{CLASSES.get(fill, "pic-accent")}"'


def filled_as(option: Considered | None) -> str:
    """Return the attributes of a shape of an option's colour. Pages know the hues of the house."""
    named = option is not None and option.hue in HUES
    known = f' class="option hue-{HUES.index(option.hue)}"' if option and named else ""
    return f'fill="{colour_of(option)}"{known}'


def colour_of(option: Considered | None) -> str:
    """Return the colour of an option on paper, as the pages without oklch show it."""
    hue = ((option.hue if option else OTHER_HUE) - 26) % 360 / 360
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, 0.4, 0.5))


class Cut(NamedTuple):
    """Where a chart can be cut: how many of its shapes are above, and how far down it is."""

    shapes: int
    y: int


class Chart(NamedTuple):
    """A picture of one round for pages and programs, and what it shows in words and figures."""

    title: str
    told: str
    """What it shows, in sentences."""
    heads: list[str]
    rows: list[list[str]]
    """The figures behind it, as a table; the first cell of a row names it."""
    height: int
    shapes: list[str]
    cuts: Sequence[Cut] = ()
    """Where it can be cut between two options."""

    def svg(self) -> str:
        return document(self.title, self.told, (CHART_WIDTH, self.height), self.shapes)

    def pieces(self) -> list[str]:
        """Return it in pieces that stand below each other: paper does not break a picture well.

        The first has the title and description of the whole; the others are hidden from screen
        readers.
        """
        first, *edges = self._edges()
        size = CHART_WIDTH, first.y
        made = [document(self.title, self.told, size, self.shapes[: first.shapes])]
        for above, below in pairwise((first, *edges)):
            size = CHART_WIDTH, below.y - above.y
            shapes = self.shapes[above.shapes : below.shapes]
            made.append(drawing('aria-hidden="true"', size, shapes, top=above.y))
        return made

    def _edges(self) -> list[Cut]:
        """Return where each piece ends."""
        top, edges = 0, []
        end = Cut(len(self.shapes), self.height)
        for cut, following in pairwise((*self.cuts, end)):
            if following.y - top > _HALF_SHEET:
                edges.append(cut)
                top = cut.y
        return [*edges, end]


def document(title: str, told: str, size: tuple[int, int], shapes: Iterable[str]) -> str:
    """Return a whole picture."""
    width, height = size
    whole = (
        f"<title>{escaped(title)}</title>",
        f"<desc>{escaped(told)}</desc>",
        f'<rect width="{width}" height="{height}" {filled(PAPER)}/>',
        *shapes,
    )
    return drawing(f'role="img" aria-label="{escaped(title)}"', size, whole)


def drawing(attributes: str, size: tuple[int, int], content: Iterable[str], *, top: int = 0) -> str:
    """Return an SVG from `top` down. Its text runs as in the picture, wherever it is embedded."""
    width, height = size
    body = "\n".join(content)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 {top} {width} {height}" {attributes} '
        f'direction="ltr" font-family="{FONTS}">\n{body}\n</svg>\n'
    )


def revealed_in(record: Record, n: int) -> RecordedRound:
    """Return a revealed round. Raises Refused `no_such_round` for any other."""
    for each in record.revealed:
        if each.n == n:
            return each
    raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-round", round=n))


def text_line(x: int, y: int, text: str, style: Style, *, end: bool = False) -> str:
    """Return one line of text. It is isolated, so that its direction is its own."""
    weight = ' font-weight="700"' if style.bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{style.size}" {filled(style.fill)}{weight}{anchor}>'
        f"\u2068{escaped(text)}\u2069</text>"
    )


def escaped(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def wrapped(text: str, style: Style, width: int, lines: int) -> list[str]:
    """Break text into at most so many lines of a width; what does not fit becomes an ellipsis.

    Widths are estimated, and rather too large, because every reader has other fonts.
    """
    made = [""]
    for space, piece in _pieces(text, style, width):
        longer = made[-1] + (space if made[-1] else "") + piece
        if width_of(longer, style) <= width:
            made[-1] = longer
        elif len(made) < lines:
            made.append(piece)
        else:
            return [*made[:-1], f"{_head(longer, style, width - width_of('…', style)).rstrip()}…"]
    return made


def _pieces(text: str, style: Style, width: int) -> Iterator[tuple[str, str]]:
    """Yield what a line may not break inside, and the space before it.

    That is a word, or a character of a word that is longer than a line or is in a script that
    breaks anywhere.
    """
    for word in text.split():
        dense = any(unicodedata.east_asian_width(character) in "WF" for character in word)
        parts = _clusters(word) if dense or width_of(word, style) > width else [word]
        for n, part in enumerate(parts):
            yield (" " if n == 0 else ""), part


def _clusters(text: str) -> list[str]:
    """Split text into characters, each with its marks and what is joined to it."""
    made: list[str] = []
    for character in text:
        if made and (_advance(character) == 0 or made[-1].endswith("\u200d")):
            made[-1] += character
        else:
            made.append(character)
    return made


def _head(text: str, style: Style, width: float) -> str:
    """Return as much of a text as fits."""
    head = ""
    for cluster in _clusters(text):
        if width_of(head + cluster, style) > width:
            break
        head += cluster
    return head


def width_of(text: str, style: Style) -> float:
    """Estimate the width of a text in pixels."""
    return sum(map(_advance, text)) * style.size * (1.07 if style.bold else 1.0)


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """Return the width of a character in em."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _THIN:
        return 0.36
    if character in _BROAD:
        return 0.95
    return 0.72 if character.isupper() else 0.6
