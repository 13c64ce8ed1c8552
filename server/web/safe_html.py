"""A comment's text as HTML: everything in it is text, but for its links and its code."""

from html import escape

from server.domain.rich_text import Piece, pieces


def rich_text(text: str) -> str:
    """Return HTML to stand in a page. Nothing is kept of it: what is erased is to be gone."""
    return "".join(map(_html, pieces(text)))


def _html(piece: Piece) -> str:
    safe = escape(piece.text)
    if piece.kind == "link":
        return f'<a href="{safe}" rel="noopener nofollow" target="_blank">{safe}</a>'
    return f"<code>{safe}</code>" if piece.kind == "code" else safe
