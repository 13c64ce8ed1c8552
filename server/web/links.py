"""The addresses that people hand on, as links and as QR codes."""

from functools import lru_cache
from types import SimpleNamespace

import segno


def links_of(base: str, code: str) -> SimpleNamespace:
    """Return the addresses of a board's pages, as people hand them on."""
    ballot = f"{base}/b/{code}"
    return SimpleNamespace(ballot=ballot, screen=f"{ballot}/screen", host=f"{ballot}/host")


@lru_cache(maxsize=256)
def qr(address: str) -> str:
    """Draw an address that is asked for again and again."""
    return draw_qr(address)


def draw_qr(address: str) -> str:
    """Draw an address as a QR code: SVG to stand in a page, without colours of its own."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=2
    )
    return drawn


def qr_picture(address: str) -> str:
    """Draw an address as a QR code that is a picture by itself: a `data:` address of SVG."""
    drawn: str = segno.make(address, error="m", micro=False).svg_data_uri(
        omitsize=True, border=2, light="#fff"
    )
    return drawn
