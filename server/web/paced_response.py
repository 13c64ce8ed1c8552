"""Long answers, sent at the pace of the reader, from one copy, with a limit for all together."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from server.live.backlog import BACKLOG
from server.observability.metrics import SENT_AWAY

SLICE = 32 * 1024
"""Bytes written at once. A shorter answer is sent as a whole."""
SHORT = 256 * 1024
"""Size in bytes up to which a generated body is completed before it is sent."""
SLICE_SECONDS = 30.0
"""Seconds in which each slice must be sent; slower readers are closed."""


class Pieces(NamedTuple):
    """A body in encoded pieces: a list of them, or an iterator that makes them while it is sent."""

    parts: Iterable[bytes]


def short_or_made(body: Iterator[bytes]) -> Iterable[bytes]:
    """Return a list if the whole is short, so that its length is known; otherwise an iterator."""
    begun: list[bytes] = []
    size = 0
    for piece in body:
        begun.append(piece)
        size += len(piece)
        if size > SHORT:
            return chain(begun, body)
    return begun


class InterruptedAnswerError(Exception):
    """The rest of a generated body would no longer match the part that was sent."""


class PacedResponse:
    """Sends the body of one answer. The backlog counts what waits for its reader."""

    def __init__(self, handler: RequestHandler) -> None:
        assert isinstance(handler.request.connection, HTTP1Connection)  # noqa: S101 - Tornado's
        self._handler = handler
        self._connection = handler.request.connection
        self._held: list[bytes] = []

    def waiting(self) -> Iterable[bytes]:
        return self._held

    def give_up(self) -> None:
        """Close: too much is waiting for all slow readers together. Called by the backlog."""
        self._close("unread")
        self._release_pieces()

    async def send(self, body: Iterable[bytes]) -> None:
        """Send status, headers and body, and finish. For a list, the length is sent too."""
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
            pass  # The reader has left, or was closed.
        except TimeoutError:
            self._close("slow")
        except InterruptedAnswerError:
            self._connection.close()
        except BaseException:
            # The part that was sent must not be taken for the whole.
            self._connection.close()
            raise
        finally:
            self._release_pieces()

    async def _send_piece(self, piece: bytes) -> None:
        known = bool(self._held)
        if not known:
            self._hold([piece])
        for part in _slices(piece):
            async with asyncio.timeout(SLICE_SECONDS):
                await self._write(part)
        if not known:
            self._release_pieces()
        await asyncio.sleep(0)  # Even if nothing had to wait, others get their turn.

    async def _write(self, part: memoryview) -> None:
        """Wait until the kernel has accepted the part. Raises StreamClosedError."""
        # Tornado writes any bytes-like object, and keeps a view of this one.
        written = self._connection.write(cast("bytes", part))
        if written.done():
            await written
        elif pending := self._connection._pending_write:  # noqa: SLF001
            # `written` would never be done if the connection is closed in the meantime. `pending`
            # is only waited for, not awaited, because it belongs to Tornado.
            await asyncio.wait((pending,))
            pending.result()

    def _hold(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._held.append(piece)
            BACKLOG.hold(self, piece)

    def _release_pieces(self) -> None:
        for piece in self._held:
            BACKLOG.release(self, piece)
        self._held.clear()

    def _close(self, why: str) -> None:
        SENT_AWAY.labels(why).inc()
        self._connection.close()


def _slices(piece: bytes) -> Iterator[memoryview]:
    view = memoryview(piece)
    return (view[start : start + SLICE] for start in range(0, len(view), SLICE))
