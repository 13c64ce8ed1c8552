"""Streams between Tornado and asyncio.

`StreamTransport` is for TLS in this process: the socket alone is useless, as the keys stay with the
stream. It is slower than a bare socket (`bench/` measures the latter). `PlainStream` is for a port
without TLS.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from tornado.iostream import IOStream, StreamClosedError

from server.concurrency import tasks

_CHUNK = 16 * 1024
_TLS_HANDSHAKE = 0x16
"""The first byte of a TLS client; no HTTP request begins with it."""


class PlainStream(IOStream):
    """An HTTP stream that hangs up on a TLS client at the first byte.

    A TLS handshake has no line end, and HTTP would wait for one.
    """

    def __init__(self, *args: Any, spoke_tls: Callable[[], None], **more: Any) -> None:
        super().__init__(*args, **more)
        self._spoke_tls = spoke_tls
        self._is_new = True

    def read_from_fd(self, buf: bytearray | memoryview) -> int | None:
        size = super().read_from_fd(buf)
        if size and self._is_new:
            self._is_new = False
            if buf[0] == _TLS_HANDSHAKE:
                self._spoke_tls()
                return 0  # As if the client had hung up.
        return size


class StreamTransport(asyncio.Transport):
    """Carries a connection over a stream that Tornado owns."""

    def __init__(self, stream: IOStream, protocol: asyncio.BufferedProtocol) -> None:
        super().__init__({"encrypted": stream.socket})
        self._stream = stream
        self._protocol = protocol
        self._paused = False
        self._closing = False
        self._waiting = 0
        self._may_read = asyncio.Event()
        self._may_read.set()
        protocol.connection_made(self)
        # As asyncio does by default: a frame does not wait to be sent with the next.
        stream.set_nodelay(True)
        tasks.begin("reader", self._read())

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Do nothing: writing is paused as soon as anything waits, whatever the limits."""

    def get_write_buffer_size(self) -> int:
        return self._waiting

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with contextlib.suppress(StreamClosedError):
            # Not copied: Tornado keeps a view of it, and its position.
            written = self._stream.write(memoryview(data))
            if self._stream.writing():
                self._waiting += len(data)
                written.add_done_callback(lambda done: self._written(done, len(data)))
                if not self._paused:
                    self._paused = True
                    self._protocol.pause_writing()

    def close(self) -> None:
        """Close once everything has been sent."""
        self._closing = True
        if not self._stream.writing():
            self.abort()

    def is_closing(self) -> bool:
        return self._closing or self._stream.closed()

    def pause_reading(self) -> None:
        """Stop reading, for good."""
        self._may_read.clear()

    def abort(self) -> None:
        self._stream.close()
        self._may_read.set()  # Wakes the reader, so that it learns of the end.

    def _written(self, written: "asyncio.Future[None]", size: int) -> None:
        self._waiting -= size
        if written.cancelled() or written.exception() is not None or self._stream.writing():
            return  # Closed, which the reader learns; or later writes are still waiting.
        self._paused = False
        if self._closing:
            self.abort()
        else:
            self._protocol.resume_writing()

    async def _read(self) -> None:
        try:
            while True:
                await self._may_read.wait()
                data = await self._stream.read_bytes(_CHUNK, partial=True)
                memoryview(self._protocol.get_buffer(len(data)))[: len(data)] = data
                self._protocol.buffer_updated(len(data))
        except StreamClosedError:
            pass
        finally:
            self._stream.close()
            self._protocol.connection_lost(None)
