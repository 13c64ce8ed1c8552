"""The sending half of a connection: frames go straight to the kernel, or wait, bounded and shared.

What the kernel does not accept is not copied for the connection: the outbox keeps a reference to
the bytes that were encoded once for everyone, and its position in them.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterable, Sequence

from server.concurrency import tasks
from server.live.backlog import BACKLOG
from server.live.connection_state import (
    BLOCKED,
    CLOSED,
    CLOSING,
    CONNECTING,
    OPEN,
    STALE,
    IllegalStateError,
    State,
    transition,
)
from server.live.frames import end_of_frame
from server.live.messages import TOO_SLOW, Close
from server.observability.metrics import OVERFLOWS

OUTBOX_BYTES = 256 * 1024
"""Limit for what waits for a slow reader, besides the current message and the socket's buffer."""
STALLED = 10.0
"""Seconds over which the pace of a slow reader is measured."""
PACE = 2 * 1024
"""The minimum pace of a slow reader, in bytes per second; a slower one is closed."""
PROBE_BYTES = 1024
"""Bytes given to asyncio when the kernel accepts no more, so that it reports when they are sent."""
ENCRYPTED_AT_ONCE = 16 * 1024
"""Bytes given to TLS at once: one record."""
CLOSING_BUFFER = 208 * 1024
"""The kernel's send buffer for a slow reader on closing, so that the close frame fits too."""


class Outbox(asyncio.BufferedProtocol):
    """Sends whole frames. Its subclass `Connection` receives and closes."""

    __slots__ = (
        "_accepted",
        "_being_sent",
        "_outbox",
        "_pace",
        "_sent_up_to",
        "_socket",
        "_transport",
        "_waiting",
        "state",
    )

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self.state = CONNECTING
        self._socket: int | None = None
        """Set if frames go straight to the kernel; None if they must be encrypted."""
        self._being_sent: list[bytes] = []
        """Pieces of whole frames; the first is sent up to `_sent_up_to`."""
        self._sent_up_to = 0
        self._outbox: dict[object, bytes] = {}
        self._waiting = 0
        """Bytes in the outbox."""
        self._accepted = 0
        """Total bytes accepted by the kernel or the transport."""
        self._pace: tuple[float, int, int] | None = None
        """When measuring a reader's pace began, how much it had read, and how much was waiting
        then.
        """

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self.state is CLOSING or self.state is CLOSED

    @property
    def blocked(self) -> bool:
        """Whether frames wait until the socket is writable."""
        return self.state is BLOCKED or self.state is STALE

    def become(self, state: State) -> None:
        """Change the state. Raises IllegalStateError."""
        self.state = transition(self.state, state)

    def close(self, close: Close) -> None:
        """Close with a code and a reason."""
        raise NotImplementedError

    def drained(self) -> None:
        """Send a fresh welcome: the socket is writable again after frames were dropped."""
        raise NotImplementedError

    def send(self, data: bytes, slot: str | None = None) -> None:
        """Send a frame, or keep it until the socket is writable.

        Frames in the same `slot` supersede each other: the newest is enough. Frames without a slot
        are answers to this person, and are never dropped. Raises IllegalStateError.
        """
        if self.state is OPEN:
            at = self._write(data)
            if at < len(data):
                self._wait((data,), at)
        elif slot is None and self.blocked:
            self._keep(object(), data)
            if self._waiting > OUTBOX_BYTES:
                self.close(TOO_SLOW)
        elif slot is not None and self.state is BLOCKED:
            self._keep(slot, data)
            if self._waiting > OUTBOX_BYTES:
                self._overflow()
        else:
            self._require_socket()

    def send_all(self, frames: Sequence[tuple[str, bytes]], joined: bytes) -> None:
        """Send several frames; `joined` holds the same frames as one piece."""
        if self.state is OPEN:
            self.send(joined)
        else:
            for slot, data in frames:
                self.send(data, slot)

    def send_fresh_welcome(self, pieces: Sequence[bytes]) -> None:
        """Send a message that restates everything: pieces of whole frames, most of them shared.

        If the socket is not writable it is not kept, however large: `drained` requests it later.
        Raises IllegalStateError.
        """
        if self.blocked:
            self._overflow()
            return
        self._require_socket()
        for n, piece in enumerate(() if self.closed else pieces):
            at = self._write(piece)
            if at < len(piece):
                self._wait(pieces[n:], at)
                break

    def _require_socket(self) -> None:
        if self.state is CONNECTING:
            raise IllegalStateError("Nothing can be sent before there is a socket.")

    @property
    def backlog(self) -> int:
        """The number of bytes waiting for a slow reader."""
        if self.state is CONNECTING or self.state is OPEN:
            return 0
        underway = sum(map(len, self._being_sent)) - self._sent_up_to
        return self._waiting + underway + self._transport.get_write_buffer_size()

    def waiting(self) -> Iterable[bytes]:
        """Return what is held for this connection. Called by the backlog."""
        yield from self._being_sent
        yield from self._outbox.values()

    def give_up(self) -> None:
        """Close: too much is waiting for all slow readers together. Called by the backlog."""
        self.close(TOO_SLOW)

    def require_pace(self, now: float) -> bool:
        """Close a connection whose peer reads next to nothing of what is waiting for it.

        Returns whether anything is waiting, here or in the kernel.
        """
        waits = self._unread_by_peer()
        read = self._accepted - waits
        waits += self._waiting + sum(map(len, self._being_sent)) - self._sent_up_to
        if not waits:
            self._pace = None
            return False
        if self._pace is None:
            self._pace = (now, read, waits)
        since, before, waited = self._pace
        if now - since > STALLED:
            self._pace = (now, read, waits)
            if read - before < min(waited, PACE * (now - since)):
                self.close(TOO_SLOW)
        return True

    def _unread_by_peer(self) -> int:
        """Return how many of the accepted bytes the peer's machine has not acknowledged."""
        waits = self._transport.get_write_buffer_size()
        if (sock := self._raw_socket()) is not None:
            with contextlib.suppress(OSError):
                queued = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
                waits += struct.unpack("i", queued)[0]
        return waits

    def _raw_socket(self) -> socket.socket | None:
        """Return the socket, including one that carries encrypted data."""
        info = self._transport.get_extra_info
        sock: socket.socket | None = info("socket") or info("encrypted")
        return sock

    def _write(self, data: bytes, at: int = 0) -> int:
        """Write bytes from one position on; return the position up to which they were accepted.

        If that is not the end, the connection is blocked until `resume_writing`.
        """
        begin, size = at, len(data)
        while at < size and self.state is OPEN:
            if self._socket is not None:
                # Full, or the peer is gone: the transport finds out which.
                with contextlib.suppress(OSError):
                    at += os.write(self._socket, memoryview(data)[at:] if at else data)
                if at == size:
                    break
            if self._transport.is_closing():
                return size
            step = PROBE_BYTES if self._socket is not None else ENCRYPTED_AT_ONCE
            piece = memoryview(data)[at : at + step]
            self._transport.write(piece)
            at += len(piece)
        self._accepted += at - begin
        return at

    def _wait(self, pieces: Sequence[bytes], at: int) -> None:
        """Keep the rest of a message until the socket is writable."""
        for piece in pieces:
            BACKLOG.hold(self, piece)
        self._being_sent.extend(pieces)
        self._sent_up_to = at

    def _keep(self, slot: object, data: bytes) -> None:
        # Removed first: a frame that supersedes another goes to the end of the queue.
        self._drop(slot)
        self._waiting += len(data)
        self._outbox[slot] = data
        BACKLOG.hold(self, data)

    def _drop(self, slot: object) -> None:
        if (data := self._outbox.pop(slot, None)) is not None:
            self._waiting -= len(data)
            BACKLOG.release(self, data)

    def _overflow(self) -> None:
        """Drop broadcast frames; the welcome that follows restates them."""
        OVERFLOWS.inc()
        self.become(STALE)
        # A pong belongs to this person alone.
        for slot in [s for s in self._outbox if isinstance(s, str) and s != "pong"]:
            self._drop(slot)

    def _drain(self) -> None:
        """Send what waits, until the socket accepts no more."""
        while self.state is OPEN:
            if self._being_sent:
                self._sent_up_to = self._write(self._being_sent[0], self._sent_up_to)
                if self._sent_up_to == len(self._being_sent[0]):
                    BACKLOG.release(self, self._being_sent.pop(0))
                    self._sent_up_to = 0
            elif self._outbox:
                data = self._outbox.pop(next(iter(self._outbox)))
                self._waiting -= len(data)
                self._being_sent.append(data)
            else:
                self._pace = None
                return

    def _discard_waiting(self) -> bytes:
        """Drop everything that waits; return the rest of a frame that was sent in part."""
        rest = b""
        if self._sent_up_to:
            piece = self._being_sent[0]
            rest = bytes(
                memoryview(piece)[self._sent_up_to : end_of_frame(piece, self._sent_up_to)]
            )
            self._sent_up_to = 0
        for data in self.waiting():
            BACKLOG.release(self, data)
        self._being_sent.clear()
        self._outbox.clear()
        self._waiting = 0
        return rest

    def _make_room(self) -> None:
        """Make room in the kernel for the close frame of a slow reader, who gets it on
        reading on.
        """
        if self._transport.get_write_buffer_size() and (sock := self._raw_socket()) is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CLOSING_BUFFER)

    # Called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's promise
        self.become(OPEN)
        self._transport = transport
        # Frames wait in the outbox from the first byte that the kernel does not accept.
        transport.set_write_buffer_limits(high=0)
        if (sock := transport.get_extra_info("socket")) is not None:
            self._socket = sock.fileno()

    def pause_writing(self) -> None:
        if self.state is not CLOSING:
            self.become(BLOCKED)

    def resume_writing(self) -> None:
        # Not at once: asyncio is still inside its own write, and if the connection ended during
        # ours, asyncio would end it twice.
        asyncio.get_running_loop().call_soon(self._resume)

    def _resume(self) -> None:
        if not self.blocked:
            return  # It was closed in the meantime.
        was_stale = self.state is STALE
        self.become(OPEN)
        with tasks.contained("connection") as draining:
            self._drain()
            if was_stale and self.state is OPEN:
                self.drained()
            elif was_stale:
                self.become(STALE)
        if draining.failed:
            # What was waiting may never be sent; the page reconnects to get it.
            self._transport.abort()
