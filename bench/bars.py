"""Bars, drawn as SVG: in light and in dark, with the figures in words beside them."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, LABELS, FIGURES = 760, 270, 80
TOP, STEP, THICK = 44, 28, 16
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 }
.bar { fill: #8c959f }
.ours { fill: #0b7a6f }
.spread { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .bar { fill: #6e7681 }
  .ours { fill: #2dd4bf }
  .spread { stroke: #e6edf3 }
}
"""


class Bar(NamedTuple):
    label: str
    value: float
    least: float
    most: float
    """The spread, drawn as a line on the bar."""
    figure: str
    """The value as it is written."""
    ours: bool = False


def draw(title: str, words: str, bars: Sequence[Bar]) -> str:
    """Draw bars, one below the other; `words` say the same to those who do not see them."""
    room = WIDTH - LABELS - FIGURES
    scale = room / (max((bar.most for bar in bars), default=0) or 1)
    height = TOP + STEP * len(bars) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"',
        f' viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title words">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="words">{escape(words)}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="head" x="0" y="20">{escape(title)}</text>',
    ]
    for number, bar in enumerate(bars):
        parts += _bar(bar, TOP + STEP * number, scale)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(bar: Bar, top: int, scale: float) -> list[str]:
    middle = top + THICK / 2
    length, least, most = (scale * each for each in (bar.value, bar.least, bar.most))
    kind = "bar ours" if bar.ours else "bar"
    return [
        f'<text x="{LABELS - 10}" y="{middle + 5}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect class="{kind}" x="{LABELS}" y="{top}" width="{length:.1f}" height="{THICK}"/>',
        f'<path class="spread" d="M{LABELS + least:.1f} {middle}H{LABELS + most:.1f}"/>',
        f'<text x="{LABELS + most + 8:.1f}" y="{middle + 5}">{escape(bar.figure)}</text>',
    ]
