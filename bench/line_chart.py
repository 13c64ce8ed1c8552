"""Line charts as SVG, with logarithmic axes, for light and dark mode, with a text alternative."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 48, 52
INSET = 32
"""The space between the vertical axis and the first point, for its value."""
STEPS = (1, 2, 5, 10)
"""The multiples of a power of ten at which an axis may begin and end."""
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 }
.tick { font-size: 12px; fill: #59636e }
.grid { stroke: #d1d9e0 }
.curve { fill: none; stroke-width: 2 }
.c0 { stroke: #0b7a6f } .f0 { fill: #0b7a6f }
.c1 { stroke: #b35900; stroke-dasharray: 6 4 } .f1 { fill: #b35900 }
.spread { stroke-width: 1.5; stroke-dasharray: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .tick { fill: #9198a1 }
  .grid { stroke: #30363d }
  .c0 { stroke: #2dd4bf } .f0 { fill: #2dd4bf }
  .c1 { stroke: #f0a35e } .f1 { fill: #f0a35e }
}
"""


class Point(NamedTuple):
    x: float
    value: float
    low: float
    high: float
    """`low` to `high` is drawn as a line through the point."""


class Curve(NamedTuple):
    name: str
    """Empty for a single curve."""
    points: Sequence[Point]


class Axis:
    """A logarithmic axis of a number of pixels, which includes `low` to `high`."""

    def __init__(self, low: float, high: float, pixels: float) -> None:
        self.low, self.high = _step_below(low), _step_above(high)
        if self.high / self.low < 10:
            # Values that hardly differ should look that way.
            self.low, self.high = 10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high))
        self._scale = pixels / log10(self.high / self.low)

    def position(self, value: float) -> float:
        return log10(value / self.low) * self._scale

    def ticks(self) -> Iterator[float]:
        """Iterate over powers of ten, and over steps between them if there are few."""
        few = self.high / self.low <= 100
        for power in range(floor(log10(self.low)), ceil(log10(self.high)) + 1):
            for step in STEPS[:3] if few else STEPS[:1]:
                tick = step * 10.0**power
                if self.low * 0.999 <= tick <= self.high * 1.001:
                    yield tick


def draw(title: str, description: str, x_label: str, unit: str, curves: Sequence[Curve]) -> str:
    """Draw one or two curves; `description` is the text alternative."""
    points = [point for curve in curves for point in curve.points]
    x = Axis(min(p.x for p in points), max(p.x for p in points), WIDTH - LEFT - INSET - RIGHT)
    y = Axis(min(p.low for p in points), max(p.high for p in points), HEIGHT - TOP - BOTTOM)
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"',
        f' viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title words">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="words">{escape(description)}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="head" x="0" y="20">{escape(title)}, {escape(unit)}</text>',
        *_grid(x, y),
        f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>',
    ]
    for number, curve in enumerate(curves):
        parts += _curve(number, curve, x, y)
    return "\n".join([*parts, "</svg>"]) + "\n"


def formatted(value: float) -> str:
    """Format a value with three significant digits."""
    digits = max(0, 2 - floor(log10(abs(value)))) if value else 0
    return f"{value:,.{digits}f}"


def _grid(x: Axis, y: Axis) -> Iterator[str]:
    base = HEIGHT - BOTTOM
    for tick in y.ticks():
        top = base - y.position(tick)
        yield f'<path class="grid" d="M{LEFT} {top:.1f}H{WIDTH - RIGHT}"/>'
        yield _text(LEFT - 8, top + 4, f"{tick:,g}", "end", "tick")
    for tick in x.ticks():
        left = LEFT + INSET + x.position(tick)
        yield f'<path class="grid" d="M{left:.1f} {base}v5"/>'
        yield _text(left, base + 20, f"{tick:,.0f}", "middle", "tick")


def _curve(number: int, curve: Curve, x: Axis, y: Axis) -> Iterator[str]:
    def y_of(value: float) -> float:
        return HEIGHT - BOTTOM - y.position(value)

    coordinates = [
        (LEFT + INSET + x.position(point.x), y_of(point.value)) for point in curve.points
    ]
    line = "L".join(f"{left:.1f} {top:.1f}" for left, top in coordinates)
    yield f'<path class="curve c{number}" d="M{line}"/>'
    for point, (left, top) in zip(curve.points, coordinates, strict=True):
        spread = f"M{left:.1f} {y_of(point.low):.1f}V{y_of(point.high):.1f}"
        yield f'<path class="curve spread c{number}" d="{spread}"/>'
        yield f'<circle class="f{number}" cx="{left:.1f}" cy="{top:.1f}" r="4"/>'
        yield _text(left, top - 10, formatted(point.value), "middle", "figure")
    left, top = coordinates[-1]
    yield _text(left + INSET, top + 5, curve.name, "start", f"f{number}")


def _text(x: float, y: float, text: str, anchor: str, css_class: str) -> str:
    attributes = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{css_class}" {attributes}>{escape(text)}</text>'


def _step_below(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return power * max(step for step in STEPS if step * power <= value * 1.001)


def _step_above(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return power * min(step for step in STEPS if step * power >= value * 0.999)
