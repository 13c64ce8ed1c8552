"""Opens the live connection: the handshake, and who is admitted.

Tornado handles HTTP, cookies and access; `websockets` answers the handshake; then the socket is
taken from Tornado and given to a `Connection`.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream, SSLIOStream
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from server.concurrency import tasks
from server.domain.refusals import Code
from server.live import messages
from server.live.authorization import NOBODY
from server.live.client import Client
from server.live.connection import Connection
from server.live.frames import frame
from server.live.messages import Close, Goodbye
from server.live.room import Room
from server.live.session import Session
from server.web import identity
from server.web.errors import Problem
from server.web.handler import Access, Handler
from server.web.tls_transport import StreamTransport
from server.words.catalogue import words

logger = logging.getLogger(__name__)

SUBPROTOCOL = "stackvote.v1"


class LiveSocket(Handler):
    """The WebSocket of one page."""

    access: ClassVar[Access] = Access.BY_ACTION
    SUPPORTED_METHODS = ("GET",)

    async def get(self, typed: str) -> None:
        if len(self.site.hub.clients) >= self.site.settings.max_connections:
            raise Problem(503, "too_many", words("refusal-server-full"))
        if not self._is_own_origin():
            raise Problem(403, "foreign_origin", words("refusal-foreign-page"))
        response = handshake(self.request)
        if response.status_code != 101:
            raise Problem(response.status_code, Code.NOT_UNDERSTOOD, words("refusal-websockets"))
        # Checked while this is still HTTP, but reported once it is a WebSocket: a browser shows a
        # page only close codes.
        room, refusal = await self._room_or_refusal(typed)
        actor = self.actor(room) if room else NOBODY
        if refusal is None and identity.browser(self).forged and not actor.is_host:
            refusal = messages.NOT_ALLOWED
        connection = Connection()
        # The query asks for the lobby: an older server would refuse a hello that does.
        asks_for_lobby = self.get_query_argument("door", "") == "1"
        client = Client(connection, actor, network=str(self.network), asks_for_lobby=asks_for_lobby)
        await take_socket(self.detach(), response.serialize(), connection)
        if connection.closed:
            return
        if refusal is None and self.site.hub.draining:
            refusal = messages.RESTART
        if refusal is not None or room is None:
            send_away(connection, refusal or messages.NO_SUCH_BOARD)
        else:
            # In the same iteration as the handshake's answer, so that no message can arrive before.
            with tasks.contained("session", room.code) as beginning:
                connection.listener = Session(client, room, self.site.hub, self.site.messages)
            if beginning.failed:
                connection.fail()

    def _is_own_origin(self) -> bool:
        """Browsers let any page open a WebSocket; this check keeps other sites out."""
        headers = self.request.headers
        origin = headers.get("Origin")
        if origin is not None and self.check_trusted_origin(origin):
            return True
        site = headers.get("Sec-Fetch-Site")
        if site is not None:
            return site in {"same-origin", "none"}
        # An old browser, or a page without HTTPS; a program sends no origin at all.
        host = headers.get("Host", "").lower()
        return origin is None or urlsplit(origin).netloc.lower() == host

    async def _room_or_refusal(self, typed: str) -> tuple[Room | None, Close | None]:
        try:
            room = await self.room(typed)
        except Problem as problem:
            # Only if a board certainly does not exist is its client told not to come back.
            if problem.code == Code.NO_SUCH_BOARD:
                return None, messages.NO_SUCH_BOARD
            later = messages.TOO_MANY if problem.status_code == 429 else messages.RESTART
            return None, later._replace(reason=problem.message)
        return room, None


def handshake(request: HTTPServerRequest) -> Response:
    """Answer a request for a WebSocket."""
    headers = Headers(request.headers.get_all())
    return ServerProtocol(select_subprotocol=_choose).accept(Request(request.path, headers))


def _choose(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((one for one in offered if one == SUBPROTOCOL), None)


def send_away(connection: Connection, close: Close) -> None:
    """Close a connection; say first when to come back, if it may."""
    if close.code == messages.RESTART.code:
        later = Goodbye(reason=close.reason, retry_after_ms=random.randint(500, 3000))
        connection.send(frame(messages.encode(later)))
    connection.close(close)


async def take_socket(stream: IOStream, greeting: bytes, connection: Connection) -> None:
    """Move a connection's socket from Tornado to asyncio, and answer the handshake on it."""
    if stream.closed():
        connection.connection_lost(None)  # The peer left during the handshake.
        return
    if isinstance(stream, SSLIOStream):
        StreamTransport(stream, connection).write(greeting)
        return
    try:
        # Tornado closes what it opened; the copy stays open.
        copy = stream.socket.dup()
    except OSError as error:
        logger.error("A WebSocket connection could not be accepted: %s.", error.strerror)  # noqa: TRY400
        connection.connection_lost(None)
        return
    finally:
        stream.close()
    # Down to the lowest free descriptor: high ones tell the HTTP server that it is full.
    with copy:
        lowest = copy.dup()
    lowest.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_accepted_socket(lambda: connection, lowest)
    transport.write(greeting)


routes = [(r"/b/([^/]+)/live", LiveSocket)]
