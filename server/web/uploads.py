"""What has come of requests that are not there whole: bounded for all who send them together."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable

from tornado.http1connection import HTTP1ServerConnection
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

LIMIT = 16 * 1024 * 1024
"""Bytes of requests, heads and bodies, that may have come and wait for the rest."""


class Uploads:
    """Counts them by connection. Over the limit, the upload that began first is sent away.

    A request that a person sends is there whole within moments: however many others are slow on
    purpose, it is never among those that began first.
    """

    def __init__(self, send_away: Callable[[HTTP1ServerConnection], None]) -> None:
        self._send_away = send_away
        self._bodies: OrderedDict[HTTP1ServerConnection, int] = OrderedDict()
        """Bytes of each body that is not there whole, the one that began first at the front."""
        self._size = 0
        self._heads = 0
        """Bytes of heads and of what stands behind a request, when it was measured last."""

    def counted(
        self, connection: HTTP1ServerConnection, delegate: HTTPMessageDelegate
    ) -> HTTPMessageDelegate:
        """Return a delegate that counts what goes to another."""
        return _Counted(self, connection, delegate)

    def add(self, connection: HTTP1ServerConnection, size: int) -> None:
        """Take note of more of a body; whoever began first may have to make room."""
        self._bodies[connection] = self._bodies.get(connection, 0) + size
        self._size += size
        while self._size + self._heads > LIMIT and self._bodies:
            slowest = next(iter(self._bodies))
            self.end(slowest)
            # Not at once: this may be the one that is being read.
            asyncio.get_running_loop().call_soon(self._send_away, slowest)

    def end(self, connection: HTTP1ServerConnection) -> None:
        """Take note that a body is there whole, or never will be."""
        self._size -= self._bodies.pop(connection, 0)

    def measure(self, connections: Iterable[HTTP1ServerConnection]) -> None:
        """Look at what has come of heads; those that wait longest, first, may have to go."""
        heads = {each: size for each in connections if (size := _unfinished(each))}
        self._heads = sum(heads.values())
        for each, size in heads.items():
            if self._size + self._heads <= LIMIT:
                break
            self._heads -= size
            self._send_away(each)


class _Counted(HTTPMessageDelegate):
    """Passes everything on, and tells how much of a body has come."""

    def __init__(
        self, uploads: Uploads, connection: HTTP1ServerConnection, delegate: HTTPMessageDelegate
    ) -> None:
        self._uploads = uploads
        self._connection = connection
        self._delegate = delegate

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> asyncio.Future[None] | None:
        return self._delegate.headers_received(start_line, headers)  # type: ignore[return-value]

    def data_received(self, chunk: bytes) -> asyncio.Future[None] | None:
        self._uploads.add(self._connection, len(chunk))
        return self._delegate.data_received(chunk)  # type: ignore[return-value]

    def finish(self) -> None:
        self._uploads.end(self._connection)
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._uploads.end(self._connection)
        self._delegate.on_connection_close()


def _unfinished(connection: HTTP1ServerConnection) -> int:
    """Return how many bytes have come that nobody has asked for yet; Tornado tells it nowhere."""
    return 0 if connection.stream.closed() else connection.stream._read_buffer_size  # noqa: SLF001
