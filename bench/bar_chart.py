"""Bar charts as SVG, for light and dark mode, with a text alternative."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, LABELS, VALUES = 760, 270, 80
TOP, PITCH, THICKNESS = 44, 28, 16
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
    low: float
    high: float
    """`low` to `high` is drawn as a line on the bar."""
    label_of_value: str
    highlighted: bool = False


def draw(title: str, description: str, bars: Sequence[Bar]) -> str:
    """Draw bars, one below the other; `description` is the text alternative."""
    plot_width = WIDTH - LABELS - VALUES
    scale = plot_width / (max((bar.high for bar in bars), default=0) or 1)
    height = TOP + PITCH * len(bars) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"',
        f' viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title words">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="words">{escape(description)}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="head" x="0" y="20">{escape(title)}</text>',
    ]
    for number, bar in enumerate(bars):
        parts += _bar(bar, TOP + PITCH * number, scale)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(bar: Bar, top: int, scale: float) -> list[str]:
    middle = top + THICKNESS / 2
    length, low, high = (scale * each for each in (bar.value, bar.low, bar.high))
    box = f'x="{LABELS}" y="{top}" width="{length:.1f}" height="{THICKNESS}"'
    css_class = "bar ours" if bar.highlighted else "bar"
    return [
        f'<text x="{LABELS - 10}" y="{middle + 5}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect class="{css_class}" {box}/>',
        f'<path class="spread" d="M{LABELS + low:.1f} {middle}H{LABELS + high:.1f}"/>',
        f'<text x="{LABELS + high + 8:.1f}" y="{middle + 5}">{escape(bar.label_of_value)}</text>',
    ]
