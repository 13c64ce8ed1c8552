"""An operator's own name, colours and logo, read from a file when the server starts.

Colours are refused that people could not read: `SURFACES` has what the accent is seen on, as in
`static/css/tokens.css`, and `LEAST` what the guidelines ask for (WCAG 2.2, 1.4.3; on the shared
screen 1.4.6).
"""

import colorsys
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET  # nosec B405

from server.domain.yaml_documents import Document, DocumentError, read
from server.sanitize.printable import printable

LONGEST_NAME = 40
MAX_FILE, MAX_LOGO = 16 << 10, 128 << 10
"""Bytes of a brand file and of a logo."""
WIDEST = 4096
"""Pixels of each side of a PNG."""

SURFACES = {
    "light": {"the page": "#fbfaf7", "cards": "#ffffff", "washes": "#f2f0ec"},
    "dark": {"the page": "#0c101a", "cards": "#171b27", "washes": "#212633"},
    "stage": {"the page": "#0c101a", "cards": "#171b27"},
}
"""What the accent stands on as text, by theme."""
ON_ACCENT = {"light": "#ffffff", "dark": "#0c101a", "stage": "#0c101a"}
"""The text that stands on the accent, by theme."""
LEAST = {"light": 4.5, "dark": 4.5, "stage": 7.0}
"""The least contrast, by theme."""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_SVG, _PNG = "image/svg+xml", "image/png"
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


class BrandError(Exception):
    """A brand cannot be used; the message names the file, and what is allowed."""


class Logo(NamedTuple):
    body: bytes
    content_type: str


class Brand(NamedTuple):
    """What pages and pictures are called and look like. Colours are written as #rrggbb."""

    name: str = "Stackvote"
    light: str = "#3b5bd4"
    dark: str = "#8eadff"
    stage: str = "#8eadff"
    logo: Logo | None = None

    @property
    def is_own(self) -> bool:
        """Whether an operator has given one."""
        return self != STACKVOTE

    def styles(self) -> str:
        """Return the values of `tokens.css` that are different; empty if none is."""
        values: dict[str, str] = {}
        for theme in SURFACES:
            colour = getattr(self, theme)
            if colour != getattr(STACKVOTE, theme):
                red, green, blue = _parts(colour)
                values |= {
                    f"--brand-{theme}": colour,
                    f"--brand-{theme}-pressed": _pressed(colour, theme),
                    f"--brand-{theme}-wash": f"rgb({red} {green} {blue} / 0.1)",
                }
        if not values:
            return ""
        return f":root{{{';'.join(f'{name}:{value}' for name, value in values.items())}}}"


STACKVOTE = Brand()
"""The brand without a file."""


def read_brand(file: str | None) -> Brand:
    """Read a brand file and its logo. Raises BrandError. Without a file, it is our own."""
    if file is None:
        return STACKVOTE
    path = Path(file)
    try:
        text = _content(path, MAX_FILE).decode()
        document = read(text)
        brand = _brand(document, path)
    except UnicodeDecodeError:
        raise BrandError(f"The brand {path} cannot be read: it is not UTF-8 text.") from None
    except DocumentError as error:
        where = f"line {error.line}" + (f", {error.field}" if error.field else "")
        raise BrandError(f"The brand {path} cannot be used: {where}: {error.problem}") from None
    if wrong := list(low_contrasts(brand)):
        raise BrandError(f"The colours of the brand {path} are hard to read. {' '.join(wrong)}")
    return brand


def _brand(document: Document, path: Path) -> Brand:
    given = _fields(document, "", document.value, ("name", "accent", "logo"))
    values: dict[str, Any] = {}
    if "name" in given:
        values["name"] = _name(document, given["name"])
    if "accent" in given:
        accent = _fields(document, "accent", given["accent"], tuple(SURFACES))
        for theme, colour in accent.items():
            values[theme] = _colour(document, f"accent.{theme}", colour)
    if "logo" in given:
        values["logo"] = _logo(document, given["logo"], path.parent)
    return Brand(**values)


def _fields(document: Document, field: str, value: Any, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise document.error(field, f"Write fields: {', '.join(allowed)}.")
    for name in allowed:
        place = f"{field}.{name}".removeprefix(".")
        if place in document.origins and name not in value:
            raise document.error(place, "It is empty. A colour stands in quotation marks.")
    for name in value:
        if name not in allowed:
            place = f"{field}.{name}".removeprefix(".")
            raise document.error(
                place, f"There is no field {name}. There are: {', '.join(allowed)}."
            )
    return value


def _name(document: Document, value: Any) -> str:
    name = " ".join(value.split()) if isinstance(value, str) else ""
    if not name or len(name) > LONGEST_NAME or printable(name) != name:
        raise document.error("name", f"Write a name of 1 to {LONGEST_NAME} characters, as text.")
    return name


def _colour(document: Document, field: str, value: Any) -> str:
    # YAML takes #0b5fff without quotation marks for a comment, and so the field for an empty one.
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise document.error(field, 'Write a colour as "#0b5fff", in quotation marks.')
    digits = value[1:].lower()
    return f"#{digits if len(digits) == 6 else ''.join(2 * digit for digit in digits)}"


def _logo(document: Document, value: Any, folder: Path) -> Logo:
    if not isinstance(value, str):
        raise document.error("logo", "Write the name of a file, SVG or PNG.")
    path = folder / Path(value).expanduser()
    try:
        body = _content(path, MAX_LOGO)
    except BrandError as error:
        raise document.error("logo", str(error)) from None
    if body.startswith(_PNG_BEGINS) and len(body) > len(_PNG_BEGINS) + 8:
        sides = struct.unpack_from(">II", body, len(_PNG_BEGINS))
        if not all(1 <= side <= WIDEST for side in sides):
            raise document.error(
                "logo",
                f"{path} is {sides[0]} by {sides[1]} pixels; at most {WIDEST} are allowed on "
                "each side.",
            )
        return Logo(body, _PNG)
    if _is_svg(body):
        return Logo(body, _SVG)
    raise document.error("logo", f"{path} is neither a PNG nor an SVG without a document type.")


def _is_svg(body: bytes) -> bool:
    # A document type may define entities, which grow without bound when they are read.
    if b"<!doctype" in body.lower() or b"<!entity" in body.lower():
        return False
    try:
        root = ET.fromstring(body)  # noqa: S314 # nosec B314
    except (ET.ParseError, ValueError, LookupError):
        return False
    return root.tag == "{http://www.w3.org/2000/svg}svg"


def _content(path: Path, most: int) -> bytes:
    """Return what is in a file. Raises BrandError if that cannot be read, or is too much."""
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise BrandError(f"{path} cannot be read: {why}.") from None
    if len(body) > most:
        raise BrandError(f"{path} is larger than {most >> 10} KiB.")
    return body


def low_contrasts(brand: Brand) -> Iterator[str]:
    """Yield a sentence for each pair of colours with too little contrast."""
    for theme, surfaces in SURFACES.items():
        accent, least = getattr(brand, theme), LEAST[theme]
        pairs = {f"text on the accent ({ON_ACCENT[theme]})": ON_ACCENT[theme]} | {
            f"the accent on {name} ({colour})": colour for name, colour in surfaces.items()
        }
        for pair, other in pairs.items():
            # Rounded down: 4.499 is not 4.5.
            if (ratio := contrast(accent, other)) < least:
                yield (
                    f"accent.{theme} is {accent}: {pair} has a contrast of {_shown(ratio)}:1, and "
                    f"needs {least:g}:1; {_passing(accent, theme)} would pass."
                )
                break


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    lower, higher = sorted((_luminance(one), _luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _shown(ratio: float) -> str:
    return f"{int(100 * ratio) / 100:g}"


def _passing(accent: str, theme: str) -> str:
    """Return the nearest colour of the same hue that can be read in a theme."""
    others = [ON_ACCENT[theme], *SURFACES[theme].values()]
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(accent)))
    direction = -1 if theme == "light" else 1
    for step in range(1001):
        level = min(1.0, max(0.0, lightness + direction * step / 1000))
        parts = colorsys.hls_to_rgb(hue, level, saturation)
        found = "#" + "".join(f"{round(255 * part):02x}" for part in parts)
        if all(contrast(found, other) >= LEAST[theme] for other in others):
            return found
    raise AssertionError  # Black and white pass.


def _pressed(accent: str, theme: str) -> str:
    """Return the accent under a finger: farther from the text on it, which stays readable."""
    goal = 0 if theme == "light" else 255
    return "#" + "".join(f"{round(part + (goal - part) * 0.15):02x}" for part in _parts(accent))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
