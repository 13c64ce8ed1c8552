"""A comment's text as HTML: all of it is escaped text, except for links and code."""

from collections.abc import Iterable
from html import escape

from server.domain.rich_text import Piece, pieces
from server.live.time_slices import TimeSlice


async def rich_texts(texts: Iterable[str]) -> dict[str, str]:
    """Return the HTML of each text, for one page: in time slices, because a page may have hundreds.

    It is not cached, because erased text must be gone.
    """
    html: dict[str, str] = {}
    async with TimeSlice() as time:
        for text in texts:
            html[text] = rich_text(text)
            await time.pause()
    return html


def rich_text(text: str) -> str:
    """Return HTML to embed in a page."""
    return "".join(map(_html, pieces(text)))


def _html(piece: Piece) -> str:
    safe = escape(piece.text)
    if piece.kind == "link":
        return f'<a href="{safe}" rel="noopener nofollow" target="_blank">{safe}</a>'
    return f"<code>{safe}</code>" if piece.kind == "code" else safe
