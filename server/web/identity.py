"""Identifies the client: the browser's cookie, and the host's key."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from tornado.web import RequestHandler

from server.domain.hosts import Host
from server.live.create_board import host_of
from server.live.room import Room
from server.live.seats import read_move
from server.security.pseudonyms import Pseudonyms

BROWSER = "stackvote_browser"
_STRICT = "__Host-"
"""Prefix of a cookie's name: no page of a sibling domain, `evil.example.org` next to
`vote.example.org`, can replace such a cookie with its own, and so share a seat. It requires HTTPS,
and that the server is at the root of its host.
"""
_SECURE = "__Secure-"
"""The prefix under a path, where browsers accept no cookie with the other. It requires HTTPS."""
_DAYS = 400
"""How long a browser is remembered; browsers keep no cookie for longer."""
_AFTER = 60
"""Seconds after which every process knows what a browser did."""
_POSITION = re.compile(r"[0-9]{1,15}")


_APPENDED = re.compile(r"[^A-Za-z0-9_-]+$")

MOST_BOARDS = 40
"""The number of boards for which a browser keeps credentials in cookies. All of them are sent with
every request, and proxies refuse headers over 8 KB; these use half of that.
"""
FORGOTTEN = 10
"""The most cookies beyond that number which one answer deletes, because its headers are limited
too.
"""
_RIGHTS = re.compile(rf"(?:{_STRICT}|{_SECURE})?stackvote_(?:host|invite)_([A-Z0-9]+)")
_OURS = re.compile(rf"(?:{_STRICT}|{_SECURE})?stackvote_")
_TRIED = "stackvote_tried"
"""Given to a browser to see whether it comes back."""
_RECENT = "stackvote_recent"
"""The boards that this browser used last, newest first. It grants no rights."""


class Browser(NamedTuple):
    """What a request's cookie says."""

    id: str | None
    forged: bool
    """There is a cookie, but this server did not sign it."""


def is_secure(handler: RequestHandler) -> bool:
    """Whether the browser uses HTTPS, to this server or to a proxy in front of it."""
    site = handler.application.settings["site"]
    return handler.request.protocol == "https" or site.addresses.is_secure


def browser(handler: RequestHandler) -> Browser:
    """Read the signed cookie that identifies a browser."""
    # Only version 2: nothing was ever signed with version 1, whose hash is weaker.
    name = _shown(handler, BROWSER)
    value = handler.get_signed_cookie(name, max_age_days=_DAYS, min_version=2)
    return Browser(
        id=value.decode() if value else None,
        forged=value is None and handler.get_cookie(name) is not None,
    )


def set_browser(handler: RequestHandler, id_: str) -> None:
    """Set the cookie that identifies a browser."""
    name = _given(handler, BROWSER)
    _set(handler, name, handler.create_signed_value(name, id_))


class HostKey(NamedTuple):
    """A key of a board, and the id of the host who holds it."""

    host: str
    key: str


def shown_keys(handler: RequestHandler, code: str) -> list[str]:
    """Return the host keys that the request carries, in a header or a cookie."""
    scheme, _, key = handler.request.headers.get("Authorization", "").partition(" ")
    candidates = [key.strip() if scheme.lower() == "bearer" else None]
    candidates.append(handler.get_cookie(_shown(handler, _host_cookie(code))))
    return [key for key in candidates if key]


def host_key(handler: RequestHandler, code: str, hosts: Mapping[str, Host]) -> HostKey | None:
    """Return the host's key if the request carries a valid one."""
    found = ((host_of(key, hosts), key) for key in shown_keys(handler, code))
    return next((HostKey(host, key) for host, key in found if host), None)


def set_host_key(handler: RequestHandler, code: str, key: str) -> None:
    """Store a host's key in the browser."""
    _set(handler, _given(handler, _host_cookie(code)), key)


def set_position(handler: RequestHandler, code: str, seq: int) -> None:
    """Let the next page reflect what this browser did just now, whichever process answers."""
    name = _given(handler, _position_cookie(code))
    _set(handler, name, str(seq), seconds=_AFTER)


def take_shared_link(handler: RequestHandler, room: Room) -> str | None:
    """Return the link that seated this browser when everyone who opened a link shared its seat.

    It no longer proves anything, and this answer deletes it.
    """
    name = _shown(handler, _shared_link_cookie(room.code))
    token = handler.get_cookie(name)
    if not token:
        return None
    handler.clear_cookie(name, path=_path(handler), secure=is_secure(handler))
    return token if room.pseudonyms.link_of(token, room.code) else None


def keeps_cookies(handler: RequestHandler) -> bool:
    """Whether the browser has shown a cookie of this server, so that it keeps the next one, too."""
    return any(_OURS.match(name) for name in handler.cookies)


def try_cookie(handler: RequestHandler) -> None:
    """Give a browser a cookie with the same limits as all others, to see whether it comes back."""
    _set(handler, _given(handler, _TRIED), "1", seconds=_AFTER)


def use(handler: RequestHandler, code: str) -> None:
    """Note that a browser is on a board, and limit the number of boards it has credentials for.

    The credentials of the least recently used boards are deleted, never those of the current one.
    """
    found = filter(None, map(_RIGHTS.fullmatch, handler.cookies))
    # Browsers send the oldest cookies first.
    held = list(dict.fromkeys(name[1] for name in found))
    noted = (handler.get_cookie(_shown(handler, _RECENT)) or "").split(".")
    used = [one for one in dict.fromkeys([code, *noted]) if one in held]
    if used and used[:MOST_BOARDS] != noted:
        _set(handler, _given(handler, _RECENT), ".".join(used[:MOST_BOARDS]))
    by_age = [*used, *(one for one in reversed(held) if one not in used)]
    for old in by_age[MOST_BOARDS:][-FORGOTTEN:]:
        for name in (_host_cookie(old), _shared_link_cookie(old)):
            for given in {name, _strict(handler) + name} & handler.cookies.keys():
                secure = given != name
                handler.clear_cookie(given, path=_path(handler), secure=secure, samesite="Lax")


def shown_in_link(handler: RequestHandler, name: str) -> str | None:
    """Return what a link carries in its query, without what a sentence appended to the link."""
    shown = handler.get_query_argument(name, None)
    return None if shown is None else _APPENDED.sub("", shown)


def shows_invitation(handler: RequestHandler, code: str, pseudonyms: Pseudonyms) -> bool:
    """Whether the request carries an invitation link of the board. It is its own proof."""
    token = shown_in_link(handler, "invite")
    return bool(token and pseudonyms.link_of(token, code))


def shows_unknown_credentials(handler: RequestHandler, room: Room) -> bool:
    """Whether the request carries credentials that this process does not know for the board.

    Another process may have created them a moment ago.
    """
    key = shown_in_link(handler, "key")
    keys = [key] if key else shown_keys(handler, room.code)
    if keys and not any(host_of(key, room.board.hosts) for key in keys):
        return True
    if int(_position(handler, room.code)) > room.board.seq:
        return True
    token, move = (shown_in_link(handler, name) for name in ("invite", "move"))
    return is_unknown_credential(room, token, move)


def is_unknown_credential(room: Room, token: str | None, move: str | None) -> bool:
    """Whether a link, or a code that moves a seat, is unknown here but may be valid."""
    invitations = room.board.invitations
    if token and (link := room.pseudonyms.link_of(token, room.code)):
        known = invitations.number(link.invite) is not None
        return not known or invitations.renewals.get(link.invite, 0) < link.renewal
    return bool(move) and invitations.offered(offer_of(room, move or ""), 0) is None


def offer_of(room: Room, typed: str) -> str:
    """Return the keyed hash of a code that moves a seat; empty if the code is malformed."""
    code = read_move(typed)
    return room.pseudonyms.offer(code, room.code) if code else ""


def _position(handler: RequestHandler, code: str) -> str:
    value = handler.get_cookie(_shown(handler, _position_cookie(code))) or ""
    return value if _POSITION.fullmatch(value) else "0"


def _position_cookie(code: str) -> str:
    return f"stackvote_position_{code}"


def _shared_link_cookie(code: str) -> str:
    """From earlier versions, in which everyone who opened an invitation link shared its seat."""
    return f"stackvote_invite_{code}"


def _host_cookie(code: str) -> str:
    return f"stackvote_host_{code}"


def _shown(handler: RequestHandler, name: str) -> str:
    """Return the name under which to look for a cookie."""
    strict = _strict(handler) + name
    # Some proxies do not tell that a WebSocket came by HTTPS; the browser does, by sending this
    # cookie.
    return strict if handler.get_cookie(strict) is not None else _given(handler, name)


def _given(handler: RequestHandler, name: str) -> str:
    return _strict(handler) + name if is_secure(handler) else name


def _strict(handler: RequestHandler) -> str:
    return _SECURE if _root(handler) else _STRICT


def _path(handler: RequestHandler) -> str:
    """Return the path to which browsers send the cookies: not to others on the same host."""
    return _root(handler) or "/"


def _root(handler: RequestHandler) -> str:
    site = handler.application.settings["site"]
    root: str = site.addresses.root
    return root


def _set(
    handler: RequestHandler, name: str, value: str | bytes, seconds: int | None = None
) -> None:
    handler.set_cookie(
        name,
        value,
        expires_days=None if seconds else _DAYS,
        max_age=seconds,
        path=_path(handler),
        httponly=True,
        samesite="Lax",
        secure=is_secure(handler),
    )
