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
        super().__init__()
        self._stream = stream
        self._protocol = protocol
        self._paused = False
        self._closing = False
        protocol.connection_made(self)
        self._reader = asyncio.create_task(self._read())

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Do nothing: writing is paused as soon as anything waits, whatever the limits."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with contextlib.suppress(StreamClosedError):
            written = self._stream.write(bytes(data))
            if self._stream.writing() and not self._paused:
                self._paused = True
                self._protocol.pause_writing()
                written.add_done_callback(self._written)

    def close(self) -> None:
        """Close once everything has left."""
        self._closing = True
        if not self._stream.writing():
            self._stream.close()

    def abort(self) -> None:
        self._stream.close()

    def _written(self, written: "asyncio.Future[None]") -> None:
        if written.cancelled() or written.exception() is not None:
            return  # The stream is closed; whoever reads it learns of that.
        self._paused = False
        if self._closing:
            self._stream.close()
        else:
            self._protocol.resume_writing()

    async def _read(self) -> None:
        try:
            while True:
                data = await self._stream.read_bytes(_CHUNK, partial=True)
                memoryview(self._protocol.get_buffer(len(data)))[: len(data)] = data
                self._protocol.buffer_updated(len(data))
        except StreamClosedError:
            self._protocol.connection_lost(None)
