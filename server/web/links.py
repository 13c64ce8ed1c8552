"""The addresses that people pass on, as links and as QR codes."""

from functools import lru_cache
from types import SimpleNamespace

import segno


def links_of(base: str, code: str) -> SimpleNamespace:
    """Return the addresses of a board's pages, as people pass them on."""
    ballot = f"{base}/b/{code}"
    return SimpleNamespace(
        ballot=ballot,
        screen=f"{ballot}/screen",
        host=f"{ballot}/host",
        record=f"{ballot}/record",
        replay=f"{ballot}/replay",
    )


@lru_cache(maxsize=256)
def qr(address: str) -> str:
    """Draw an address that is requested repeatedly."""
    return draw_qr(address)


def draw_qr(address: str) -> str:
    """Draw an address as a QR code: SVG to embed in a page, without colours of its own."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=2
    )
    return drawn


@lru_cache(maxsize=256)
def known_qr_picture(address: str) -> str:
    """Draw an address that is requested repeatedly as an image by itself."""
    return qr_picture(address)


def qr_picture(address: str) -> str:
    """Draw an address as a QR code that is an image by itself: an SVG as a `data:` URL."""
    drawn: str = segno.make(address, error="m", micro=False).svg_data_uri(
        omitsize=True, border=2, light="#fff"
    )
    return drawn
