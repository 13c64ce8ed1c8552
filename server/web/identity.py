"""Who is on the other end: the browser's cookie, and the host's key."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from tornado.web import RequestHandler

from server.domain.hosts import Host
from server.live.founding import host_of
from server.live.pseudonyms import Pseudonyms
from server.live.room import Room
from server.live.seats import read_move

BROWSER = "stackvote_browser"
_STRICT = "__Host-"
"""Before the name of a cookie: no page of a neighbouring site, `evil.example.org` beside
`vote.example.org`, can put its own in place of it, and so share a seat. It takes HTTPS.
"""
_DAYS = 400
"""How long a browser is remembered; browsers keep no cookie for longer."""
_AFTER = 60
"""Seconds after which every process knows of what a browser did."""
_POSITION = re.compile(r"[0-9]{1,15}")


MOST_BOARDS = 40
"""Boards for which a browser keeps a right in a cookie. All of them come with every request, and
proxies refuse a head of more than 8 KB; these take half of that.
"""
FORGOTTEN = 10
"""Of those beyond, how many an answer has a browser forget at most: its head has limits, too."""
_RIGHTS = re.compile(rf"(?:{re.escape(_STRICT)})?stackvote_(?:host|invite)_([A-Z0-9]+)")
_RECENT = "stackvote_recent"
"""The boards that this browser used last, the newest first. It gives no right."""


class Browser(NamedTuple):
    """What a request's cookie says."""

    id: str | None
    forged: bool
    """There is a cookie, but this server did not sign it."""


def is_secure(handler: RequestHandler) -> bool:
    """Whether the browser speaks HTTPS, to us or to a proxy before us."""
    site = handler.application.settings["site"]
    return "https" in {handler.request.protocol, urlsplit(site.base).scheme}


def browser(handler: RequestHandler) -> Browser:
    """Read the signed cookie that names a browser."""
    # Of version 2 only: nothing was ever signed with the first, whose hash is weaker.
    name = _shown(handler, BROWSER)
    value = handler.get_signed_cookie(name, max_age_days=_DAYS, min_version=2)
    return Browser(
        id=value.decode() if value else None,
        forged=value is None and handler.get_cookie(name) is not None,
    )


def set_browser(handler: RequestHandler, id_: str) -> None:
    """Name a browser from now on."""
    name = _given(handler, BROWSER)
    _set(handler, name, handler.create_signed_value(name, id_))


class HostKey(NamedTuple):
    """A key of a board, and the id of the host who holds it."""

    host: str
    key: str


def shown_keys(handler: RequestHandler, code: str) -> list[str]:
    """Return what the request carries as keys of a host, by header or by cookie."""
    scheme, _, key = handler.request.headers.get("Authorization", "").partition(" ")
    candidates = [key.strip() if scheme.lower() == "bearer" else None]
    candidates.append(handler.get_cookie(_shown(handler, _host_cookie(code))))
    return [key for key in candidates if key]


def host_key(handler: RequestHandler, code: str, hosts: Mapping[str, Host]) -> HostKey | None:
    """Return a host's key if the request carries one."""
    found = ((host_of(key, hosts), key) for key in shown_keys(handler, code))
    return next((HostKey(host, key) for host, key in found if host), None)


def set_host_key(handler: RequestHandler, code: str, key: str) -> None:
    """Make a browser the host's."""
    _set(handler, _given(handler, _host_cookie(code)), key)


def set_position(handler: RequestHandler, code: str, seq: int) -> None:
    """Have the next page know what this browser did just now, whichever process answers."""
    name = _given(handler, _position_cookie(code))
    _set(handler, name, str(seq), seconds=_AFTER)


def take_shared_link(handler: RequestHandler, room: Room) -> str | None:
    """Return the link that seated this browser when all who opened one shared its seat.

    It proves nothing any more, and is forgotten with this answer.
    """
    name = _shown(handler, _shared_link_cookie(room.code))
    token = handler.get_cookie(name)
    if not token:
        return None
    handler.clear_cookie(name, secure=is_secure(handler))
    return token if room.pseudonyms.link_of(token, room.code) else None


def use(handler: RequestHandler, code: str) -> None:
    """Take note that a browser is on a board, and have it forget its rights on those boards that it
    has not used for longest, where there are too many; never on the one that it is on.
    """
    found = filter(None, map(_RIGHTS.fullmatch, handler.cookies))
    # Browsers send first what they got first.
    held = list(dict.fromkeys(name[1] for name in found))
    noted = (handler.get_cookie(_shown(handler, _RECENT)) or "").split(".")
    used = [one for one in dict.fromkeys([code, *noted]) if one in held]
    if used and used[:MOST_BOARDS] != noted:
        _set(handler, _given(handler, _RECENT), ".".join(used[:MOST_BOARDS]))
    by_age = [*used, *(one for one in reversed(held) if one not in used)]
    for old in by_age[MOST_BOARDS:][-FORGOTTEN:]:
        for name in (_host_cookie(old), _shared_link_cookie(old)):
            for given in {name, _STRICT + name} & handler.cookies.keys():
                handler.clear_cookie(given, secure=given.startswith(_STRICT), samesite="Lax")


def shows_invitation(handler: RequestHandler, code: str, pseudonyms: Pseudonyms) -> bool:
    """Say whether a link of the board with a code is shown. It is its own proof."""
    token = handler.get_query_argument("invite", None)
    return bool(token and pseudonyms.link_of(token, code))


def shows_news(handler: RequestHandler, room: Room) -> bool:
    """Say whether something is shown that the board does not know here.

    It may have been made in another process a moment ago.
    """
    key = handler.get_query_argument("key", None)
    keys = [key] if key else shown_keys(handler, room.code)
    if keys and not any(host_of(key, room.board.hosts) for key in keys):
        return True
    if int(_position(handler, room.code)) > room.board.seq:
        return True
    token, move = (handler.get_query_argument(name, None) for name in ("invite", "move"))
    return is_news(room, token, move)


def is_news(room: Room, token: str | None, move: str | None) -> bool:
    """Say whether a link, or the code that moves a seat, is not known here, but may be good."""
    invitations = room.board.invitations
    if token and (link := room.pseudonyms.link_of(token, room.code)):
        known = invitations.number(link.invite) is not None
        return not known or invitations.renewals.get(link.invite, 0) < link.renewal
    return bool(move) and invitations.offered(offer_of(room, move or ""), 0) is None


def offer_of(room: Room, typed: str) -> str:
    """Return the name of the code that moves a seat; empty where it is none."""
    code = read_move(typed)
    return room.pseudonyms.offer(code, room.code) if code else ""


def _position(handler: RequestHandler, code: str) -> str:
    said = handler.get_cookie(_shown(handler, _position_cookie(code))) or ""
    return said if _POSITION.fullmatch(said) else "0"


def _position_cookie(code: str) -> str:
    return f"stackvote_position_{code}"


def _shared_link_cookie(code: str) -> str:
    """Of earlier versions, in which all who opened the link of an invitation shared its seat."""
    return f"stackvote_invite_{code}"


def _host_cookie(code: str) -> str:
    return f"stackvote_host_{code}"


def _shown(handler: RequestHandler, name: str) -> str:
    """Return the name under which a cookie is looked for."""
    strict = _STRICT + name
    # Some proxies do not say of a WebSocket that it came by HTTPS; the browser does, by sending it.
    return strict if handler.get_cookie(strict) is not None else _given(handler, name)


def _given(handler: RequestHandler, name: str) -> str:
    return _STRICT + name if is_secure(handler) else name


def _set(
    handler: RequestHandler, name: str, value: str | bytes, seconds: int | None = None
) -> None:
    handler.set_cookie(
        name,
        value,
        expires_days=None if seconds else _DAYS,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=is_secure(handler),
    )
