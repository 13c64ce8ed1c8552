"""One connection: bytes in, frames out, through a bounded outbox when its line is slow.

The WebSocket handshake is over when a connection is made. From there on it is an asyncio
protocol of its own: frames are parsed by the sans-I/O core of `websockets`, and written as
bytes that were made once for everybody (`live/outlet.py`).
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import cast

from websockets.frames import BINARY, CONT, TEXT, Frame
from websockets.protocol import OPEN, SERVER, Protocol

from server import tasks
from server.live.admission import Actor
from server.live.frames import one_text, received_size
from server.live.messages import FAULT, TOO_MANY, TOO_SLOW, Close, View
from server.live.outlet import Outlet
from server.live.reading import MAX_BYTES
from server.live.views import Audience
from server.metrics import CLOSES

MESSAGE_SECONDS = 20.0
"""In which a message that has begun must be there whole."""
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


class Connection(Outlet):
    """One page of one person. Who is behind it was settled before it was made."""

    __slots__ = (
        "_awaited",
        "_begun",
        "_held",
        "_kind",
        "_late",
        "_owed",
        "_partial",
        "_pinged",
        "_protocol",
        "_unread",
        "actor",
        "asks_for_door",
        "audience",
        "heard_at",
        "listener",
        "network",
        "view",
        "voter",
    )

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor
        self.listener = Listener()
        self.view: View | None = None
        self.audience: Audience | None = None
        self.voter: str | None = None
        """The name under which this seat's ballot of the current round is counted."""
        self.heard_at = _now()
        self.asks_for_door = False
        """Whether a host's console is to be told who comes in."""
        self.network = ""
        """Where it came from, as what newcomers are counted by."""
        self._protocol = Protocol(SERVER, state=OPEN, max_size=MAX_BYTES, logger=_log)
        self._partial = bytearray()
        """What has come of a message in several frames, and of which kind it is."""
        self._kind: int | None = None
        self._begun: float | None = None
        """Since when a message has been coming that is not there whole."""
        self._unread = 0
        """Bytes of a frame that the parser does not have whole yet."""
        self._awaited = 0
        """Answers that this person still waits for."""
        self._held = b""
        """A ballot that goes out together with the next answer."""
        self._owed: list[bytes] | None = None
        """Answers that go out behind the welcome that is about to come."""
        self._pinged = False
        self._late = 0
        """Sips taken after the connection was closed."""

    # Frames out

    @property
    def broke(self) -> bool:
        """Whether the line ended without a farewell of the peer; a closed tab says one."""
        return self._protocol.close_rcvd is None

    @property
    def unfinished(self) -> int:
        """How many bytes have come of a message that is not there whole."""
        return len(self._protocol.reader.buffer) + len(self._partial)

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

    def welcome(self, pieces: Sequence[bytes]) -> None:
        """Send all that this person may see. It holds their newest ballot, too."""
        self._held = b""
        self.send_afresh(pieces)
        if self.stale:
            return  # It comes when the line is free again, and the answers behind it.
        owed, self._owed = self._owed or (), None
        for answer in owed:
            self.send(answer)

    def drained(self) -> None:
        self.listener.drained()

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
        held, self._held = self._held, b""
        owed, self._owed = self._owed or (), None
        for answer in (held, *owed):
            if answer:
                self.send(answer)
        if self.closed:
            return
        self.closed = True
        CLOSES.labels(close.code).inc()
        reason = close.reason.encode()[:_REASON_BYTES].decode(errors="ignore")
        if self._protocol.state is OPEN:
            # Else the peer's farewell came in the same piece, and is being answered.
            self._protocol.send_close(close.code, reason)
        self._write_protocol()
        asyncio.get_running_loop().call_later(FAREWELL, self._transport.abort)

    def fail(self) -> None:
        """End a connection with which something went wrong here: its page comes back."""
        with tasks.contained("connection") as closing:
            self.close(FAULT)
        if closing.failed:
            self._transport.abort()

    def check(self, now: float) -> None:
        """Close a connection that is too slow, and find out whether a quiet one is there.

        Who still reads what waits, at a pace, has not come to the ping yet, and is not judged by
        it.
        """
        if self.closed:
            return
        quiet = now - self.heard_at
        reads = (self._blocked or quiet > QUIET) and self.require_pace(now)
        if self._begun is not None and now - self._begun > MESSAGE_SECONDS:
            self.close(TOO_SLOW)
        if quiet > DEAD and not reads:
            # It has read the ping, or its machine has, and does not answer.
            self.close(TOO_SLOW)
        elif quiet > QUIET and not self._pinged and not self._blocked and not self.closed:
            self._pinged = True
            self._transport.write(_PING)

    def forgive(self, seconds: float) -> None:
        """Leave out of account a time in which this process did not run, and could hear nobody."""
        self.heard_at += seconds
        self._pace = None
        if self._begun is not None:
            self._begun += seconds

    # Bytes in: what asyncio calls

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        return _inbox_view

    def buffer_updated(self, nbytes: int) -> None:
        self.heard_at = _now()
        self._pinged = False
        if not (self._unread or self._kind is not None or self.closed):
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
        if not self.unfinished:
            self._begun = None
        elif self._begun is None:
            self._begun = self.heard_at

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
        self._let_go()
        self.listener.ended()

    def _hear(self, message: bytes) -> None:
        if self.listener.admits():
            self.listener.heard(message, is_text=True)
        else:
            self.close(TOO_MANY)

    def _tell(self, message: bytes, *, is_text: bool) -> None:
        self._begun = None
        self.listener.heard(message, is_text=is_text)

    def _take(self, event: Frame) -> None:
        if not self.listener.admits():
            self.close(TOO_MANY)
        elif event.opcode not in {TEXT, BINARY, CONT}:
            return  # Control frames are answered by the protocol.
        elif event.fin and self._kind is None:
            self._tell(bytes(event.data), is_text=event.opcode is TEXT)
        else:
            self._piece_together(event)

    def _piece_together(self, event: Frame) -> None:
        if self._kind is None:
            self._kind = event.opcode
        self._partial += event.data
        if event.fin:
            whole, is_text = bytes(self._partial), self._kind is TEXT
            self._partial, self._kind = bytearray(), None
            self._tell(whole, is_text=is_text)

    def _write_protocol(self) -> None:
        """Write what the protocol has to say: pongs, and its part of a farewell."""
        said = self._protocol.data_to_send()
        if not said:
            return
        if self._protocol.state is OPEN:
            # Pongs: the newest is enough for somebody who asks often, or does not read.
            self.send(said[-1], "pong")
            return
        # A frame that the peer has begun to read has to end before another begins.
        rest = self._let_go()
        if not self._transport.is_closing():
            self._make_room()
            self._transport.write(rest + b"".join(said))
        if not said[-1]:
            self.closed = True
            self._transport.close()
