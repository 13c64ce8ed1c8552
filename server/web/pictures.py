"""Draws pictures as PNG, where the optional renderer and fonts are installed.

docs/decisions/0013 says why they are optional, and why a process of its own draws.
"""

import asyncio
import re
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

from server.brand import Brand
from server.domain.record import Record
from server.domain.refusals import Refused
from server.exports.picture import as_svg, probe
from server.web.errors import Problem
from server.words.catalogue import listed, words

PATIENCE = 10.0
"""Seconds in which a picture is drawn, however busy the machine is."""
KEPT = 16
"""How many pictures a worker keeps, so that a preview that many ask for is drawn once."""
_MOST_LETTERS = 10
_LACKS = re.compile(r"No fonts with a (\S+)/U\+[0-9A-F]+ character")
_NO_FONT = "No match for "
_COMMAND = (sys.executable, "-m", "server.exports.raster")

_painter = ThreadPoolExecutor(1, thread_name_prefix="painter")
"""Waits for one picture at a time, so that however many are requested, one core is free."""


class NotDrawnError(Exception):
    """There is no picture; the message says why, for a person."""


class Pictures:
    """The pictures that were drawn last, and why others were not."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes | str] = OrderedDict()
        """PNG by SVG; or, in words, why there is none."""

    async def png(self, svg: str) -> bytes:
        """Return a picture as PNG. Raises NotDrawnError."""
        if find_spec("resvg_py") is None:
            raise NotDrawnError(words("refusal-no-renderer"))
        if svg not in self._kept:
            drawn = await asyncio.get_running_loop().run_in_executor(_painter, _draw, svg)
            if drawn is None:
                raise NotDrawnError(words("refusal-picture-failed"))
            self._kept[svg] = drawn
        self._kept.move_to_end(svg)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        known = self._kept[svg]
        if isinstance(known, str):
            raise NotDrawnError(known)
        return known

    async def may_draw(self, svg: str) -> bool:
        """Whether a picture can be drawn, as far as is known without drawing it."""
        if isinstance(self._kept.get(svg), str):
            return False
        try:
            return bool(await self.png(probe()))
        except NotDrawnError:
            return False


PICTURES = Pictures()


async def as_png(svg: str) -> bytes:
    """Return a picture as PNG. Raises Problem `no_picture` if it cannot be drawn here."""
    try:
        return await PICTURES.png(svg)
    except NotDrawnError as error:
        raise Problem(501, "no_picture", str(error)) from None


async def picture_address(record: Record, base: str, brand: Brand) -> str:
    """Return the address of a record's PNG; empty if there is none."""
    try:
        svg = as_svg(record, brand)
    except Refused:
        return ""
    if not await PICTURES.may_draw(svg):
        return ""
    return f"{base}/api/boards/{record.code}/record.png"


def _draw(svg: str) -> bytes | str | None:
    """Return a picture as PNG; in words what fonts lack; or None if it failed this time."""
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603
            _COMMAND, input=svg.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stderr.decode(errors="replace")
    if _NO_FONT in said:
        return words("refusal-no-font")
    if letters := list(dict.fromkeys(_LACKS.findall(said))):
        return words("refusal-no-letters", letters=listed(letters[:_MOST_LETTERS]))
    return done.stdout if done.returncode == 0 else None
