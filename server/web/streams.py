"""Tornado's stream with the face of an asyncio transport.

For TLS in this process: there the socket alone is of no use, the keys stay with the stream.
It is slower than a socket of one's own (`bench/` measures the latter).
"""

import asyncio
import contextlib

from tornado.iostream import IOStream, StreamClosedError

_CHUNK = 16 * 1024


class StreamTransport(asyncio.Transport):
    """Carries a connection over a stream that Tornado keeps."""

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
        self._reader = asyncio.create_task(self._read())

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Do nothing: writing is paused as soon as anything waits, whatever the limits."""

    def get_write_buffer_size(self) -> int:
        return self._waiting

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with contextlib.suppress(StreamClosedError):
            # Not copied: Tornado keeps a view of it, and where it is.
            written = self._stream.write(memoryview(data))
            if self._stream.writing():
                self._waiting += len(data)
                written.add_done_callback(lambda done: self._written(done, len(data)))
                if not self._paused:
                    self._paused = True
                    self._protocol.pause_writing()

    def close(self) -> None:
        """Close once everything has left."""
        self._closing = True
        if not self._stream.writing():
            self.abort()

    def is_closing(self) -> bool:
        return self._closing or self._stream.closed()

    def pause_reading(self) -> None:
        """Read nothing more, until the end."""
        self._may_read.clear()

    def abort(self) -> None:
        self._stream.close()
        self._may_read.set()  # Whoever reads learns of the end.

    def _written(self, written: "asyncio.Future[None]", size: int) -> None:
        self._waiting -= size
        if written.cancelled() or written.exception() is not None or self._stream.writing():
            return  # Closed, of which whoever reads learns; or later writes still wait.
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
