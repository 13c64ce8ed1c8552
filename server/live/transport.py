"""One connection: bytes in, frames out, through a bounded outbox when its line is slow.

The WebSocket handshake is over when a connection is made. From there on it is an asyncio
protocol of its own: frames are parsed by the sans-I/O core of `websockets`, and written as
bytes that were made once for everybody.
"""

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from typing import cast

from websockets.frames import BINARY, CONT, TEXT, Frame
from websockets.protocol import OPEN, SERVER, Protocol

from server.live.admission import Actor
from server.live.frames import one_text, received_size
from server.live.messages import TOO_MANY, TOO_SLOW, Close, View
from server.live.reading import MAX_BYTES
from server.live.views import Audience
from server.metrics import CLOSES, OVERFLOWS

OUTBOX_BYTES = 256 * 1024
"""What may wait for a slow reader, beside what its socket has taken."""
STALLED = 10.0
"""Seconds after which a connection whose outbox stays full is closed."""
QUIET = 10.0
"""Seconds of silence after which a peer is asked whether it is there."""
DEAD = 20.0
"""Seconds of silence after which it counts as gone."""
FAREWELL = 5.0
"""Seconds in which a peer may answer that the connection is closed."""
SIP = 1024
"""Bytes that are parsed at once: a flood of tiny frames is found out before it is all parsed."""
LATE_SIPS = 4
"""What is still heard of a peer that was sent away: its farewell, behind what was on its way."""
_REASON_BYTES = 123
"""What fits into a closing frame (RFC 6455, 5.5)."""
_PING = b"\x89\x00"

_now = time.monotonic
"""The loop's clock, asked directly: it is asked for each message."""

# What peers do wrong is answered to them; a line in the log for each would only fill it.
_log = logging.getLogger(__name__)
_log.setLevel(logging.WARNING)

# Everything that is read lands here first and is taken out before the next read: the loop
# reads one socket at a time.
_inbox = bytearray(16 * 1024)
_inbox_view = memoryview(_inbox)


class Listener:
    """Who is told what a connection receives."""

    __slots__ = ()

    def admits(self) -> bool:
        """Count a frame of any kind; False when it is one too many."""
        return True

    def heard(self, message: bytes, *, is_text: bool) -> None:
        """Take a whole message."""

    def drained(self) -> None:
        """Frames were dropped, and the line is free again: a fresh welcome is due."""

    def ended(self) -> None:
        """Learn that the connection is gone."""


class Connection(asyncio.BufferedProtocol):
    """One page of one person. Who is behind it was settled before it was made."""

    __slots__ = (
        "_awaited",
        "_blocked",
        "_held",
        "_late",
        "_outbox",
        "_owed",
        "_parts",
        "_pinged",
        "_protocol",
        "_socket",
        "_stuck",
        "_transport",
        "_unread",
        "_waiting",
        "actor",
        "audience",
        "closed",
        "full_since",
        "heard_at",
        "listener",
        "stale",
        "view",
        "voter",
    )

    _transport: asyncio.Transport

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.listener = Listener()
        self.view: View | None = None
        self.audience: Audience | None = None
        self.voter: str | None = None
        """The name under which this seat's ballot of the current round is counted."""
        self.closed = False
        self.full_since: float | None = None
        """Since when the outbox has been overflowing, by the loop's clock."""
        self.stale = False
        """Frames were dropped: a fresh welcome is due when the outbox has drained."""
        self.heard_at = _now()
        self._protocol = Protocol(SERVER, state=OPEN, max_size=MAX_BYTES, logger=_log)
        self._parts: list[Frame] = []
        self._outbox: dict[object, bytes] = {}
        self._socket: int | None = None
        """Where frames go straight to the kernel; None where they have to be encrypted."""
        self._unread = 0
        """Bytes of a frame that the parser does not have whole yet."""
        self._awaited = 0
        """Answers that this person still waits for."""
        self._held = b""
        """A ballot that goes out together with the next answer."""
        self._owed: list[bytes] | None = None
        """Answers that go out behind the welcome that is about to come."""
        self._waiting = 0
        self._blocked = False
        self._stuck: tuple[int, float] | None = None
        """The least that waited for the kernel since the line is blocked, and since when."""
        self._pinged = False
        self._late = 0
        """Sips taken after the connection was closed."""

    # Frames out

    def send(self, data: bytes, slot: str | None = None) -> None:
        """Send a frame, or keep it until the line is free.

        Frames of one `slot` supersede each other: the newest is enough. Frames without a
        slot are answers to this person and are never dropped.
        """
        if self.closed:
            return
        if not self._blocked:
            self._write(data)
        elif slot is None:
            self._keep(object(), data)
            if self._waiting > OUTBOX_BYTES:
                self.close(TOO_SLOW)
        elif not self.stale:
            self._keep(slot, data)
            if self._waiting > OUTBOX_BYTES:
                self._overflow()

    def send_all(self, frames: Sequence[tuple[str, bytes]], joined: bytes) -> None:
        """Send several frames, which are also there as one piece."""
        if not self._blocked and not self.closed:
            self._write(joined)
        else:
            for slot, data in frames:
                self.send(data, slot)

    @property
    def broke(self) -> bool:
        """Whether the line ended without a farewell of the peer; a closed tab says one."""
        return self._protocol.close_rcvd is None

    @property
    def backlog(self) -> int:
        """How many bytes wait for a line that is slow."""
        return self._waiting + self._transport.get_write_buffer_size() if self._blocked else 0

    def await_answer(self) -> None:
        """Take note that this person asked for something: an `answer` will follow."""
        self._awaited += 1

    def answer(self, data: bytes) -> None:
        """Send the answer to something that this person asked for."""
        self._awaited -= 1
        if self._owed is not None:
            self._owed.append(data)
            return
        held, self._held = self._held, b""
        self.send(held + data)

    def await_welcome(self) -> None:
        """From now on tell nothing until the welcome: an answer may speak of another history."""
        if self._owed is None:
            self._owed = []

    def welcome(self, data: bytes) -> None:
        """Send all that this person may see. It holds their newest ballot, too."""
        if self.stale:
            return  # Another follows when the line is free again.
        self._held = b""
        # What waits is older, or of another history.
        self._drop_news()
        self.send(data, "welcome")
        owed, self._owed = self._owed or (), None
        for answer in owed:
            self.send(answer)

    def show_ballot(self, data: bytes) -> None:
        """Send this person's ballot, together with the answer to it where one is awaited.

        A system call costs more than all that is done to count the vote.
        """
        if self._awaited:
            self._held = data
        else:
            self.send(data)

    def close(self, close: Close) -> None:
        """Say why, and close; whoever does not answer is cut off."""
        if self.closed:
            return
        for answer in (self._held, *(self._owed or ())):
            if answer:
                self.send(answer)
        self.closed = True
        self._outbox.clear()
        CLOSES.labels(close.code).inc()
        reason = close.reason.encode()[:_REASON_BYTES].decode(errors="ignore")
        if self._protocol.state is OPEN:
            # Else the peer's farewell came in the same piece, and is being answered.
            self._protocol.send_close(close.code, reason)
        self._write_protocol()
        asyncio.get_running_loop().call_later(FAREWELL, self._transport.abort)

    def check(self, now: float) -> None:
        """Close a connection that has stalled, and find out whether a quiet one is there."""
        if (self.full_since is not None and now - self.full_since > STALLED) or self._stands(now):
            self.close(TOO_SLOW)
        quiet = now - self.heard_at
        if quiet > DEAD:
            self._transport.abort()
        elif quiet > QUIET and not self._pinged and not self._blocked and not self.closed:
            self._pinged = True
            self._transport.write(_PING)

    def _stands(self, now: float) -> bool:
        """Whether nothing has left for too long, though something waits."""
        if not self._blocked:
            return False
        waits = self._transport.get_write_buffer_size()
        if self._stuck is None or waits < self._stuck[0]:
            self._stuck = (waits, now)
        return now - self._stuck[1] > STALLED

    def _write(self, data: bytes) -> None:
        """Give bytes to the kernel; what it does not take waits in the transport."""
        taken = 0
        if self._socket is not None:
            # Nothing waits in the transport here, or it would have paused writing.
            try:
                taken = os.write(self._socket, data)
            except OSError:
                taken = 0  # Full, or the peer is gone: the transport finds out which.
        if taken < len(data) and not self._transport.is_closing():
            self._transport.write(data[taken:])

    def _keep(self, slot: object, data: bytes) -> None:
        # Taken out first: a frame that supersedes another goes to the end of the line.
        self._waiting += len(data) - len(self._outbox.pop(slot, b""))
        self._outbox[slot] = data

    def _overflow(self) -> None:
        """Drop what everybody gets; the welcome that follows says it all again."""
        OVERFLOWS.inc()
        self.stale = True
        self.full_since = _now()
        self._drop_news()

    def _drop_news(self) -> None:
        """Drop what everybody gets. A pong is a person's own."""
        for slot in [s for s in self._outbox if isinstance(s, str) and s != "pong"]:
            self._waiting -= len(self._outbox.pop(slot))

    def _drain(self) -> None:
        while self._outbox and not self._blocked:
            data = self._outbox.pop(next(iter(self._outbox)))
            self._waiting -= len(data)
            self._write(data)
        if self.stale and not self._outbox and not self._blocked:
            self.stale = False
            self.full_since = None
            self.listener.drained()

    # Bytes in: what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's promise
        self._transport = transport
        # From the first byte that the kernel does not take, frames wait in the outbox.
        transport.set_write_buffer_limits(high=0)
        if (taken := transport.get_extra_info("socket")) is not None:
            self._socket = taken.fileno()

    def pause_writing(self) -> None:
        self._blocked = True

    def resume_writing(self) -> None:
        # Not at once: asyncio is still busy with what it wrote, and where the line ends under
        # what is written next, it would end it twice.
        asyncio.get_running_loop().call_soon(self._resume)

    def _resume(self) -> None:
        if not self.closed:
            self._blocked = False
            self._stuck = None
            self._drain()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        return _inbox_view

    def buffer_updated(self, nbytes: int) -> None:
        self.heard_at = _now()
        self._pinged = False
        if not (self._unread or self._parts or self.closed):
            message = one_text(_inbox, nbytes)
            if message is not None:
                self._hear(message)
                return
        for start in range(0, nbytes, SIP):
            self._late += self.closed
            if self._late > LATE_SIPS:
                self._transport.pause_reading()
                return
            self._sip(_inbox[start : min(start + SIP, nbytes)])

    def _sip(self, data: bytearray) -> None:
        self._unread += len(data)
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if self.closed:
                break
            received = cast("Frame", event)
            self._unread -= received_size(received)
            self._take(received)
        self._write_protocol()

    def eof_received(self) -> bool:
        self._protocol.receive_eof()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.closed = True
        self._outbox.clear()
        self.listener.ended()

    def _hear(self, message: bytes) -> None:
        if self.listener.admits():
            self.listener.heard(message, is_text=True)
        else:
            self.close(TOO_MANY)

    def _take(self, event: Frame) -> None:
        if not self.listener.admits():
            self.close(TOO_MANY)
        elif event.opcode not in {TEXT, BINARY, CONT}:
            return  # Control frames are answered by the protocol.
        elif event.fin and not self._parts:
            self.listener.heard(bytes(event.data), is_text=event.opcode is TEXT)
        else:
            self._piece_together(event)

    def _piece_together(self, event: Frame) -> None:
        # Empty pieces count for nothing in the size of a message, and would fill the memory.
        if event.data or not self._parts:
            self._parts.append(event)
        if event.fin:
            parts, self._parts = self._parts, []
            whole = b"".join(part.data for part in parts)
            self.listener.heard(whole, is_text=parts[0].opcode is TEXT)

    def _write_protocol(self) -> None:
        """Write what the protocol has to say: pongs, and its part of a farewell."""
        said = self._protocol.data_to_send()
        if not said:
            return
        if self._protocol.state is OPEN:
            # Pongs: the newest is enough for somebody who asks often, or does not read.
            self.send(said[-1], "pong")
            return
        if not self._transport.is_closing():
            self._transport.write(b"".join(said))
        if not said[-1]:
            self.closed = True
            self._transport.close()
