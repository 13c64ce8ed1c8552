"""The live connection: Tornado's WebSocket, translated for a room."""

import asyncio
import contextlib
import random
import time
from typing import cast

from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from server.domain.refusals import Code, Refused
from server.live import messages
from server.live.messages import Ack, Close, Goodbye, Refusal
from server.live.requests import (
    NotUnderstoodError,
    RefusedRequestError,
    read_hello,
    read_request,
)
from server.live.room import Room
from server.live.submissions import Answer
from server.live.transport import Connection, frame
from server.metrics import ACK_SECONDS, CLOSES, CONNECTIONS, REFUSALS, REQUESTS
from server.web import identity
from server.web.handler import Access, Handler, Problem

SUBPROTOCOL = "stackvote.v1"
HELLO_SECONDS = 10.0
"""In which a connection has to say hello."""
_REASON_BYTES = 123
"""What fits into a closing frame (RFC 6455, 5.5)."""


class StreamWire:
    """Tornado's stream under a connection. Frames are written whole, past `write_message`,
    which would encode them for each connection anew.
    """

    def __init__(self, socket: "LiveSocket", stream: IOStream) -> None:
        self._socket = socket
        self._stream = stream

    def writing(self) -> bool:
        return self._stream.writing()

    def write(self, data: bytes) -> None:
        # Of a dead peer the stream itself learns, and closes; here it only must not stop
        # what goes to the others.
        with contextlib.suppress(StreamClosedError):
            written = self._stream.write(data)
            if self._stream.writing():
                written.add_done_callback(self._drained)

    def close(self, close: Close) -> None:
        CLOSES.labels(close.code).inc()
        reason = close.reason.encode()[:_REASON_BYTES].decode(errors="ignore")
        self._socket.close(close.code, reason)

    def _drained(self, written: "asyncio.Future[None]") -> None:
        if not written.cancelled() and written.exception() is None:
            self._socket.drained()


class LiveSocket(WebSocketHandler, Handler):
    """One page's connection."""

    access = Access.BY_ACTION
    _room: Room | None = None
    _connection: Connection | None = None
    _patience: asyncio.TimerHandle | None = None

    def prepare(self) -> None:
        # Later than this nothing but a closing code can be said.
        if self.site.hub.connections >= self.site.settings.max_connections:
            raise Problem(503, "too_many", "This server is full. Try again in a moment.")

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL if SUBPROTOCOL in subprotocols else None

    def check_origin(self, origin: str) -> bool:
        return self.check_trusted_origin(origin)

    async def open(self, typed: str) -> None:
        self.set_nodelay(True)
        accepted = cast("WebSocketProtocol13", self.ws_connection)
        wire = StreamWire(self, accepted.stream)
        try:
            room = await self.room(typed)
        except Problem as problem:
            if problem.code in {Code.STORE_AWAY, Code.GOING_AWAY}:
                self._send_away(wire, problem.message)
            else:
                wire.close(messages.NO_SUCH_BOARD)
            return
        if self.site.hub.draining:
            self._send_away(wire, "The server restarts.")
            return
        actor = self.actor(room)
        if identity.browser(self).forged and not actor.is_host:
            wire.close(messages.NOT_ALLOWED)
            return
        self._room = room
        self._connection = Connection(wire, actor)
        self._patience = asyncio.get_running_loop().call_later(
            HELLO_SECONDS, self._not_understood, "No hello came."
        )

    def on_message(self, message: str | bytes) -> None:
        room, connection = self._room, self._connection
        if room is None or connection is None or connection.closed:
            return
        if not self.site.messages.allows((room.code, connection.actor.seat or connection)):
            connection.close(messages.TOO_MANY)
        elif isinstance(message, bytes):
            self._not_understood("Messages are text.")
        elif connection.view is None:
            self._hello(room, connection, message)
        else:
            self._request(room, connection, message)

    def on_close(self) -> None:
        if self._patience:
            self._patience.cancel()
        if self._connection is not None and self._room is not None:
            self._connection.closed = True
            if self._connection.view is not None:
                self._room.leave(self._connection)
                CONNECTIONS.labels(self._connection.view).dec()

    def drained(self) -> None:
        """Take note that everything written has left."""
        if self._connection is not None and self._room is not None:
            self._room.drained(self._connection)

    def _hello(self, room: Room, connection: Connection, message: str) -> None:
        try:
            hello = read_hello(message)
            room.enter(connection, hello)
        except NotUnderstoodError as error:
            self._not_understood(str(error))
        except Refused as refused:
            connection.close(messages.NOT_ALLOWED._replace(reason=refused.message))
        else:
            CONNECTIONS.labels(hello.view).inc()
            if self._patience:
                self._patience.cancel()

    def _request(self, room: Room, connection: Connection, message: str) -> None:
        began = time.monotonic()
        try:
            request = read_request(message)
        except NotUnderstoodError as error:
            self._not_understood(str(error))
            return
        except RefusedRequestError as error:
            self._answer(connection, error.id, error.refused)
            return
        REQUESTS.labels(request.__struct_config__.tag).inc()
        try:
            answer = room.request(connection.actor, request)
        except Refused as refused:
            self._answer(connection, request.id, refused)
            return

        def answered(done: "asyncio.Future[Answer]") -> None:
            ACK_SECONDS.observe(time.monotonic() - began)
            self._answer(connection, request.id, done.result())

        answer.add_done_callback(answered)

    def _answer(self, connection: Connection, id_: str, answer: Answer) -> None:
        if isinstance(answer, Refused):
            REFUSALS.labels(answer.code).inc()
            said: Refusal | Ack = Refusal(id=id_, code=answer.code, message=answer.message)
        else:
            said = Ack(id=id_, seq=answer)
        connection.send(frame(messages.encode(said)))

    def _not_understood(self, why: str) -> None:
        if self._connection is not None:
            self._connection.close(messages.NOT_UNDERSTOOD._replace(reason=why))

    def _send_away(self, wire: StreamWire, reason: str) -> None:
        retry = Goodbye(reason=reason, retry_after_ms=random.randint(500, 3000))
        wire.write(frame(messages.encode(retry)))
        wire.close(messages.RESTART)


routes = [(r"/b/([^/]+)/live", LiveSocket)]
