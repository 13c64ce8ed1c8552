"""The way into the live connection: the handshake, and who is let in.

Tornado does HTTP, cookies and rights; the handshake is answered by `websockets`; then the
socket is taken from Tornado and given to a `Connection`.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from tornado.iostream import IOStream, SSLIOStream
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from server import tasks
from server.domain.refusals import Code
from server.live import messages
from server.live.admission import NOBODY
from server.live.frames import frame
from server.live.messages import Close, Goodbye
from server.live.room import Room
from server.live.session import Session
from server.live.transport import Connection
from server.web import identity
from server.web.handler import Access, Handler
from server.web.problems import Problem
from server.web.streams import StreamTransport

logger = logging.getLogger(__name__)

SUBPROTOCOL = "stackvote.v1"


class LiveSocket(Handler):
    """One page's connection."""

    access: ClassVar[Access] = Access.BY_ACTION
    SUPPORTED_METHODS = ("GET",)

    async def get(self, typed: str) -> None:
        if len(self.site.hub.guests) >= self.site.settings.max_connections:
            raise Problem(503, "too_many", "This server is full. Try again in a moment.")
        if not self._is_own_origin():
            raise Problem(403, "foreign_origin", "Pages of other sites may not connect here.")
        response = self._handshake()
        if response.status_code != 101:
            raise Problem(
                response.status_code, Code.NOT_UNDERSTOOD, "This address is for WebSockets."
            )
        # Asked while this is still HTTP, and told once it is a WebSocket: a browser shows a
        # page only the codes of closing.
        room, refusal = await self._room_or_refusal(typed)
        actor = self.actor(room) if room else NOBODY
        if refusal is None and identity.browser(self).forged and not actor.is_host:
            refusal = messages.NOT_ALLOWED
        connection = Connection(actor)
        connection.network = str(self.network)
        # Not in the hello, in which an older server would refuse it.
        connection.asks_for_door = self.get_query_argument("door", "") == "1"
        await take_over(self.detach(), response.serialize(), connection)
        if connection.closed:
            return
        if refusal is None and self.site.hub.draining:
            refusal = messages.RESTART
        if refusal is not None or room is None:
            self._send_away(connection, refusal or messages.NO_SUCH_BOARD)
        else:
            # In the same moment as the greeting, so no message can come before.
            with tasks.contained("session", room.code) as beginning:
                connection.listener = Session(connection, room, self.site.hub, self.site.messages)
            if beginning.failed:
                connection.fail()

    def _is_own_origin(self) -> bool:
        """Browsers let any page open a WebSocket; this is what keeps other sites out."""
        headers = self.request.headers
        origin = headers.get("Origin")
        if origin in self.site.settings.trusted_origins:
            return True
        site = headers.get("Sec-Fetch-Site")
        if site is not None:
            return site in {"same-origin", "none"}
        # An old browser, or a page without HTTPS; a program sends no origin at all.
        host = headers.get("Host", "").lower()
        return origin is None or urlsplit(origin).netloc.lower() == host

    def _handshake(self) -> Response:
        request = Request(self.request.path, Headers(self.request.headers.get_all()))
        return ServerProtocol(select_subprotocol=_choose).accept(request)

    async def _room_or_refusal(self, typed: str) -> tuple[Room | None, Close | None]:
        try:
            room = await self.room(typed)
        except Problem as problem:
            # Only a board that is known not to be there sends its client away for good.
            if problem.code == Code.NO_SUCH_BOARD:
                return None, messages.NO_SUCH_BOARD
            later = messages.TOO_MANY if problem.status_code == 429 else messages.RESTART
            return None, later._replace(reason=problem.message)
        return room, None

    def _send_away(self, connection: Connection, close: Close) -> None:
        if close.code == messages.RESTART.code:
            later = Goodbye(reason=close.reason, retry_after_ms=random.randint(500, 3000))
            connection.send(frame(messages.encode(later)))
        connection.close(close)


def _choose(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((one for one in offered if one == SUBPROTOCOL), None)


async def take_over(stream: IOStream, greeting: bytes, connection: Connection) -> None:
    """Move a connection's socket from Tornado to asyncio, and greet the peer on it."""
    if stream.closed():
        connection.connection_lost(None)  # The peer left during the handshake.
        return
    if isinstance(stream, SSLIOStream):
        StreamTransport(stream, connection).write(greeting)
        return
    try:
        # Tornado closes what it opened; the copy lives on.
        copy = stream.socket.dup()
    except OSError as error:
        logger.error("A connection could not be taken over: %s.", error.strerror)  # noqa: TRY400
        connection.connection_lost(None)
        return
    finally:
        stream.close()
    # Down to the number that is free now: from high ones the door tells that it is full.
    with copy:
        taken = copy.dup()
    taken.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_accepted_socket(lambda: connection, taken)
    transport.write(greeting)


routes = [(r"/b/([^/]+)/live", LiveSocket)]
