"""Limits the memory held by incomplete requests, over all clients together."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable

from tornado.http1connection import HTTP1ServerConnection
from tornado.httputil import HTTPMessageDelegate

from server.web.passing_delegate import PassingDelegate

LIMIT = 16 * 1024 * 1024
"""Limit in bytes for requests, headers and bodies, that wait for their rest."""


class IncompleteRequests:
    """Counts bytes by connection. Over the limit, the upload that began first is closed.

    A person's request is complete within moments: however many others are slow on purpose, it is
    never among those that began first.
    """

    def __init__(self, send_away: Callable[[HTTP1ServerConnection], None]) -> None:
        self._send_away = send_away
        self._bodies: OrderedDict[HTTP1ServerConnection, int] = OrderedDict()
        """The bytes of each incomplete body; the one that began first is at the front."""
        self._size = 0
        self._heads = 0
        """The bytes of headers, and of data behind a request, when last measured."""

    def counted(
        self, connection: HTTP1ServerConnection, delegate: HTTPMessageDelegate
    ) -> HTTPMessageDelegate:
        """Return a delegate that counts what it passes on to another."""
        return _Counted(self, connection, delegate)

    def add(self, connection: HTTP1ServerConnection, size: int) -> None:
        """Count more of a body; the upload that began first may be closed to make room."""
        self._bodies[connection] = self._bodies.get(connection, 0) + size
        self._size += size
        while self._size + self._heads > LIMIT and self._bodies:
            slowest = next(iter(self._bodies))
            self.end(slowest)
            # Not at once: this may be the one that is being read.
            asyncio.get_running_loop().call_soon(self._send_away, slowest)

    def end(self, connection: HTTP1ServerConnection) -> None:
        """Note that a body is complete, or never will be."""
        self._size -= self._bodies.pop(connection, 0)

    def measure(self, connections: Iterable[HTTP1ServerConnection]) -> None:
        """Measure incomplete headers; over the limit, those that have waited longest are closed."""
        heads = {each: size for each in connections if (size := _unfinished(each))}
        self._heads = sum(heads.values())
        for each, size in heads.items():
            if self._size + self._heads <= LIMIT:
                break
            self._heads -= size
            self._send_away(each)


class _Counted(PassingDelegate):
    """Counts how much of a body has arrived."""

    def __init__(
        self,
        uploads: IncompleteRequests,
        connection: HTTP1ServerConnection,
        delegate: HTTPMessageDelegate,
    ) -> None:
        super().__init__(delegate)
        self._incomplete = uploads
        self._connection = connection

    def data_received(self, chunk: bytes) -> asyncio.Future[None] | None:
        self._incomplete.add(self._connection, len(chunk))
        return super().data_received(chunk)

    def finish(self) -> None:
        self._incomplete.end(self._connection)
        super().finish()

    def on_connection_close(self) -> None:
        self._incomplete.end(self._connection)
        super().on_connection_close()


def _unfinished(connection: HTTP1ServerConnection) -> int:
    """Return how many bytes have arrived but were not consumed; Tornado does not expose it."""
    return 0 if connection.stream.closed() else connection.stream._read_buffer_size  # noqa: SLF001
