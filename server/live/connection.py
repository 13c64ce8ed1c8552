"""One connection: bytes in, frames out, with a bounded outbox for slow readers.

A connection is made after the WebSocket handshake. From then on it is its own asyncio protocol:
frames are parsed by the sans-I/O core of `websockets`, and written as bytes that were encoded once
for everyone (`live/outbox.py`).
"""

import asyncio
import logging
import time
from typing import cast

from websockets import protocol as websocket
from websockets.frames import BINARY, CONT, TEXT, Frame

from server.concurrency import tasks
from server.live.connection_state import CLOSED, CLOSING, OPEN
from server.live.frames import one_text, received_size
from server.live.messages import FAULT, TOO_MANY, TOO_SLOW, Close
from server.live.outbox import Outbox
from server.live.parsing import MAX_BYTES
from server.observability.metrics import CLOSES

MESSAGE_SECONDS = 20.0
"""Seconds in which a message that has begun must arrive completely."""
QUIET = 10.0
"""Seconds of silence after which a peer is pinged."""
DEAD = 20.0
"""Seconds of silence after which a peer is considered disconnected."""
CLOSE_TIMEOUT = 5.0
"""Seconds in which a peer must answer a close frame."""
PARSE_CHUNK = 1024
"""Bytes that are parsed at once, so that a flood of tiny frames is detected before all of it is
parsed.
"""
LATE_CHUNKS = 4
"""Chunks still read from a peer after closing: its close frame, behind what was in flight."""
_REASON_BYTES = 123
"""The longest reason that fits into a close frame (RFC 6455, 5.5)."""
_PING = b"\x89\x00"

_now = time.monotonic
"""The loop's clock, called directly because it is needed for each message."""

# Errors of peers are answered to them; a log line for each would only fill the log.
_log = logging.getLogger(__name__)
_log.setLevel(logging.WARNING)

# All input is read into this buffer, and taken out before the next read: the loop reads one socket
# at a time.
_inbox = bytearray(16 * 1024)
_inbox_view = memoryview(_inbox)


class Listener:
    """What a connection calls for each event; implemented by the session."""

    __slots__ = ()

    def on_frame(self) -> bool:
        """Count a frame of any kind; return False if it exceeds the rate."""
        return True

    def on_message(self, message: bytes, *, is_text: bool) -> None:
        """Receive a whole message."""

    def on_writable(self) -> None:
        """Send a fresh welcome: frames were dropped, and the socket is writable again."""

    def on_closing(self) -> None:
        """Send what was held back: the connection is about to be closed."""

    def on_closed(self) -> None:
        """Learn that the connection has ended."""


class Connection(Outbox):
    """A WebSocket connection after its handshake. Who is at the other end: `live/client.py`."""

    __slots__ = (
        "_chunks_after_close",
        "_message_began",
        "_opcode",
        "_partial",
        "_pinged",
        "_protocol",
        "_unread",
        "heard_at",
        "listener",
    )

    def __init__(self) -> None:
        super().__init__()
        self.listener = Listener()
        self.heard_at = _now()
        self._protocol = websocket.Protocol(
            websocket.SERVER, state=websocket.OPEN, max_size=MAX_BYTES, logger=_log
        )
        self._partial = bytearray()
        """The fragments received so far of a message in several frames, and its type."""
        self._opcode: int | None = None
        self._message_began: float | None = None
        """When an incomplete message began."""
        self._unread = 0
        """Bytes of an incomplete frame in the parser."""
        self._pinged = False
        self._chunks_after_close = 0
        """Chunks read after the connection was closed."""

    # Frames out

    @property
    def unclean(self) -> bool:
        """Whether the connection ended without a close frame; closing a tab sends one."""
        return self._protocol.close_rcvd is None

    @property
    def unfinished(self) -> int:
        """How many bytes of an incomplete message have arrived."""
        return len(self._protocol.reader.buffer) + len(self._partial)

    def drained(self) -> None:
        self.listener.on_writable()

    def close(self, close: Close) -> None:
        """Close with a code and a reason; abort if the peer does not answer in time."""
        self.listener.on_closing()
        if self.closed:
            return
        self.become(CLOSING)
        CLOSES.labels(close.code).inc()
        reason = close.reason.encode()[:_REASON_BYTES].decode(errors="ignore")
        if self._protocol.state is websocket.OPEN:
            # Otherwise the peer's close frame came in the same chunk, and is being answered.
            self._protocol.send_close(close.code, reason)
        self._write_protocol()
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._transport.abort)

    def fail(self) -> None:
        """Close a connection after an internal error; its page reconnects."""
        with tasks.contained("connection") as closing:
            self.close(FAULT)
        if closing.failed:
            self._transport.abort()

    def check(self, now: float) -> None:
        """Close a connection that is too slow, and ping a quiet one. Called at intervals.

        A peer that still reads its backlog at a reasonable pace has not reached the ping yet, and
        is not judged by it.
        """
        if self.closed:
            return
        quiet = now - self.heard_at
        reads = (self.blocked or quiet > QUIET) and self.require_pace(now)
        if self._message_began is not None and now - self._message_began > MESSAGE_SECONDS:
            self.close(TOO_SLOW)
        if quiet > DEAD and not reads:
            # The peer has received the ping, or at least its machine has, and does not answer.
            self.close(TOO_SLOW)
        elif quiet > QUIET and not self._pinged and self.state is OPEN:
            self._pinged = True
            self._transport.write(_PING)

    def discount(self, seconds: float) -> None:
        """Discount a period in which this process did not run, and could not receive anything."""
        self.heard_at += seconds
        self._pace = None
        if self._message_began is not None:
            self._message_began += seconds

    # Bytes in: called by asyncio

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        return _inbox_view

    def buffer_updated(self, nbytes: int) -> None:
        self.heard_at = _now()
        self._pinged = False
        if not (self._unread or self._opcode is not None or self.state is CLOSING):
            message = one_text(_inbox, nbytes)
            if message is not None:
                self._receive_text(message)
                return
        for start in range(0, nbytes, PARSE_CHUNK):
            self._chunks_after_close += self.closed
            if self._chunks_after_close > LATE_CHUNKS:
                self._transport.pause_reading()
                return
            self._parse_chunk(_inbox[start : min(start + PARSE_CHUNK, nbytes)])
        if not self.unfinished:
            self._message_began = None
        elif self._message_began is None:
            self._message_began = self.heard_at

    def _parse_chunk(self, data: bytearray) -> None:
        self._unread += len(data)
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if self.closed:
                break
            received = cast("Frame", event)
            self._unread -= received_size(received)
            self._handle_frame(received)
        self._write_protocol()

    def eof_received(self) -> bool:
        self._protocol.receive_eof()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.become(CLOSED)
        self._discard_waiting()
        self.listener.on_closed()

    def _receive_text(self, message: bytes) -> None:
        if self.listener.on_frame():
            self.listener.on_message(message, is_text=True)
        else:
            self.close(TOO_MANY)

    def _deliver(self, message: bytes, *, is_text: bool) -> None:
        self._message_began = None
        self.listener.on_message(message, is_text=is_text)

    def _handle_frame(self, event: Frame) -> None:
        if not self.listener.on_frame():
            self.close(TOO_MANY)
        elif event.opcode not in {TEXT, BINARY, CONT}:
            return  # The protocol answers control frames by itself.
        elif event.fin and self._opcode is None:
            self._deliver(bytes(event.data), is_text=event.opcode is TEXT)
        else:
            self._join_fragments(event)

    def _join_fragments(self, event: Frame) -> None:
        if self._opcode is None:
            self._opcode = event.opcode
        self._partial += event.data
        if event.fin:
            whole, is_text = bytes(self._partial), self._opcode is TEXT
            self._partial, self._opcode = bytearray(), None
            self._deliver(whole, is_text=is_text)

    def _write_protocol(self) -> None:
        """Write the protocol's pending output: pongs, and its part of the closing handshake."""
        pending = self._protocol.data_to_send()
        if not pending:
            return
        if self._protocol.state is websocket.OPEN:
            # Pongs: the newest is enough for a peer that pings often, or does not read.
            self.send(pending[-1], "pong")
            return
        if self.state is not CLOSING:
            # The peer closes the connection, or has broken the protocol.
            self.become(CLOSING)
        # A frame that was sent in part must be completed before another begins.
        rest = self._discard_waiting()
        if not self._transport.is_closing():
            self._make_room()
            self._transport.write(rest + b"".join(pending))
        if not pending[-1]:
            self._transport.close()
