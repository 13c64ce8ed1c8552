"""Finds out whether a browser keeps cookies, before it gets what only a cookie can hold.

A host's key and an invited seat are in a cookie of one browser. Where that browser keeps none, they
would be lost at once: a board without a host, an invitation that is taken and cast by no one.
"""

from urllib.parse import urlsplit

from server.web import identity
from server.web.errors import Problem
from server.web.handler import Handler
from server.words.catalogue import words

NO_COOKIES = "no_cookies"
_AGAIN = "again"


def has_form_sent_again(handler: Handler) -> bool:
    """Whether the form of a browser that showed no cookie was answered: sent again, with a cookie.

    Raises Problem `no_cookies` if that cookie did not come back. Programs are not asked: they keep
    the key that they are given by themselves.
    """
    if not _is_browser(handler) or identity.keeps_cookies(handler):
        return False
    if handler.get_query_argument(_AGAIN, None) is not None:
        raise Problem(403, NO_COOKIES, _why(handler))
    identity.try_cookie(handler)
    handler.redirect(f"{handler.request.path}?{_AGAIN}=1", status=307)
    return True


def _is_browser(handler: Handler) -> bool:
    """Whether a browser sent the request: all of them begin so, for reasons of the 1990s."""
    return handler.request.headers.get("User-Agent", "").startswith("Mozilla/")


def _why(handler: Handler) -> str:
    scheme = urlsplit(handler.request.headers.get("Origin", "")).scheme
    if identity.is_secure(handler) and scheme == "http":
        return words("refusal-cookies-need-https", address=handler.site.base)
    return words("refusal-no-cookies")
