"""Who is on the other end: the browser's cookie, and the host's key."""

from typing import NamedTuple

from tornado.web import RequestHandler

from server.live.founding import is_host_key

BROWSER = "stackvote_browser"
_DAYS = 400
"""How long a browser is remembered; browsers keep no cookie for longer."""


class Browser(NamedTuple):
    """What a request's cookie says."""

    id: str | None
    forged: bool
    """There is a cookie, but this server did not sign it."""


def browser(handler: RequestHandler) -> Browser:
    """Read the signed cookie that names a browser."""
    value = handler.get_signed_cookie(BROWSER, max_age_days=_DAYS)
    return Browser(
        id=value.decode() if value else None,
        forged=value is None and handler.get_cookie(BROWSER) is not None,
    )


def set_browser(handler: RequestHandler, id_: str, *, secure: bool) -> None:
    """Name a browser from now on."""
    handler.set_signed_cookie(
        BROWSER, id_, expires_days=_DAYS, httponly=True, samesite="Lax", secure=secure
    )


def host_key(handler: RequestHandler, code: str, host: str) -> str | None:
    """Return the board's host key if the request carries it, by header or by cookie.

    `host` is the hash that the board keeps.
    """
    scheme, _, key = handler.request.headers.get("Authorization", "").partition(" ")
    candidates = [key.strip() if scheme.lower() == "bearer" else None]
    candidates.append(handler.get_cookie(_host_cookie(code)))
    return next((key for key in candidates if key and is_host_key(key, host)), None)


def set_host_key(handler: RequestHandler, code: str, key: str, *, secure: bool) -> None:
    """Make a browser the host's."""
    handler.set_cookie(
        _host_cookie(code), key, expires_days=_DAYS, httponly=True, samesite="Lax", secure=secure
    )


def _host_cookie(code: str) -> str:
    return f"stackvote_host_{code}"
