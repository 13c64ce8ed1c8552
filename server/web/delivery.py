"""Long answers, sent at the pace of whoever reads them: from one copy, and bounded for all."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from server.live.backlog import BACKLOG
from server.metrics import SENT_AWAY

SLICE = 32 * 1024
"""Bytes that are written at once. A shorter answer goes out as a whole."""
SHORT = 256 * 1024
"""Bytes of a body that is made whole before it is sent."""
SLICE_SECONDS = 30.0
"""In which each slice has to leave; whoever reads more slowly is closed."""


class Pieces(NamedTuple):
    """A body in pieces that are encoded: a list of them, or what makes them while it is sent."""

    parts: Iterable[bytes]


def short_or_made(body: Iterator[bytes]) -> Iterable[bytes]:
    """Return a list where the whole is short, so that its length is told; else what makes it."""
    begun: list[bytes] = []
    size = 0
    for piece in body:
        begun.append(piece)
        size += len(piece)
        if size > SHORT:
            return chain(begun, body)
    return begun


class InterruptedAnswerError(Exception):
    """The rest of a body that is being made would not fit what was sent of it."""


class Delivery:
    """Sends the body of one answer. The backlog counts what waits for its reader."""

    def __init__(self, handler: RequestHandler) -> None:
        assert isinstance(handler.request.connection, HTTP1Connection)  # noqa: S101 - Tornado's
        self._handler = handler
        self._connection = handler.request.connection
        self._held: list[bytes] = []

    def waiting(self) -> Iterable[bytes]:
        return self._held

    def give_up(self) -> None:
        """Close, because too much waits for all slow readers together; called by the backlog."""
        self._close("unread")
        self._let_go()

    async def send(self, body: Iterable[bytes]) -> None:
        """Send status, headers and body, and finish. A list has a length, which is told."""
        handler = self._handler
        if isinstance(body, Sequence):
            handler.set_header("Content-Length", sum(map(len, body)))
            self._hold(body)
        try:
            handler.flush()
            if handler.request.method != "HEAD":
                for piece in body:
                    await self._send_piece(piece)
            RequestHandler.finish(handler)
        except StreamClosedError:
            pass  # Its reader has left, or was sent away.
        except TimeoutError:
            self._close("slow")
        except InterruptedAnswerError:
            self._connection.close()
        finally:
            self._let_go()

    async def _send_piece(self, piece: bytes) -> None:
        known = bool(self._held)
        if not known:
            self._hold([piece])
        for part in _slices(piece):
            async with asyncio.timeout(SLICE_SECONDS):
                await self._write(part)
        if not known:
            self._let_go()
        await asyncio.sleep(0)  # Where nothing had to wait, others still get their turn.

    async def _write(self, part: memoryview) -> None:
        """Wait until the system has taken it. Raises StreamClosedError."""
        # Tornado writes any bytes-like object, and of this one it keeps a view.
        written = self._connection.write(cast("bytes", part))
        if written.done():
            await written
        elif pending := self._connection._pending_write:  # noqa: SLF001
            # `written` would never be done where the connection is closed meanwhile. It is only
            # waited for, because it is Tornado's to end.
            await asyncio.wait((pending,))
            pending.result()

    def _hold(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._held.append(piece)
            BACKLOG.hold(self, piece)

    def _let_go(self) -> None:
        for piece in self._held:
            BACKLOG.release(self, piece)
        self._held.clear()

    def _close(self, why: str) -> None:
        SENT_AWAY.labels(why).inc()
        self._connection.close()


def _slices(piece: bytes) -> Iterator[memoryview]:
    view = memoryview(piece)
    return (view[start : start + SLICE] for start in range(0, len(view), SLICE))
