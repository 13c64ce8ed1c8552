"""The sending half of a connection: frames go straight to the system, or wait, bounded and shared.

What the system does not take is not copied for the connection: it keeps the bytes that were made
once for everybody, and how far it has come in them.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterable, Sequence

from server.live.backlog import BACKLOG
from server.live.frames import end_of_frame
from server.live.messages import TOO_SLOW, Close
from server.metrics import OVERFLOWS

OUTBOX_BYTES = 256 * 1024
"""What may wait for a slow reader, beside the message under way and what its socket has taken."""
STALLED = 10.0
"""Seconds for which the pace of a slow reader is measured."""
PACE = 2 * 1024
"""Bytes a second that a slow reader has to read at least; one that is slower is closed."""
TOE = 1024
"""Bytes that asyncio is given when the system takes no more: it tells when they are gone."""
ENCRYPTED_AT_ONCE = 16 * 1024
"""Bytes given to TLS at once: one record."""
FAREWELL_ROOM = 208 * 1024
"""What the system may keep for a slow reader that is closed, so that it takes the reason, too."""


class Outlet(asyncio.BufferedProtocol):
    """Sends whole frames. Its other half, `Connection`, hears and closes."""

    __slots__ = (
        "_at",
        "_blocked",
        "_outbox",
        "_pace",
        "_socket",
        "_taken",
        "_transport",
        "_underway",
        "_waiting",
        "closed",
        "stale",
    )

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self.closed = False
        self.stale = False
        """Frames were dropped: a fresh welcome is due when the line has drained."""
        self._socket: int | None = None
        """Where frames go straight to the kernel; None where they have to be encrypted."""
        self._blocked = False
        self._underway: list[bytes] = []
        """Pieces, each of whole frames, of which the first is sent up to `_at`."""
        self._at = 0
        self._outbox: dict[object, bytes] = {}
        self._waiting = 0
        """Bytes in the outbox."""
        self._taken = 0
        """Bytes that the system has taken, ever."""
        self._pace: tuple[float, int, int] | None = None
        """Since when the pace of a reader is measured, what it had read, and what waited then."""

    def close(self, close: Close) -> None:
        """Say why, and close."""
        raise NotImplementedError

    def drained(self) -> None:
        """Frames were dropped, and the line is free again."""
        raise NotImplementedError

    def send(self, data: bytes, slot: str | None = None) -> None:
        """Send a frame, or keep it until the line is free.

        Frames of one `slot` supersede each other: the newest is enough. Frames without a
        slot are answers to this person and are never dropped.
        """
        if self.closed:
            return
        if not self._blocked:
            at = self._write(data)
            if at < len(data):
                self._wait((data,), at)
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
        if not self._blocked:
            self.send(joined)
        else:
            for slot, data in frames:
                self.send(data, slot)

    def send_afresh(self, pieces: Sequence[bytes]) -> None:
        """Send a message that says all anew: pieces of whole frames, most of them shared.

        On a line that is not free it is not kept, however large: `drained` asks for it anew.
        """
        if self.closed:
            return
        if self._blocked:
            self._overflow()
            return
        for n, piece in enumerate(pieces):
            at = self._write(piece)
            if at < len(piece):
                self._wait(pieces[n:], at)
                break

    @property
    def backlog(self) -> int:
        """How many bytes wait for a line that is slow."""
        if not self._blocked:
            return 0
        underway = sum(map(len, self._underway)) - self._at
        return self._waiting + underway + self._transport.get_write_buffer_size()

    def waiting(self) -> Iterable[bytes]:
        """Return what is held for this connection; called by the backlog."""
        yield from self._underway
        yield from self._outbox.values()

    def give_up(self) -> None:
        """Close, because too much waits for all slow readers together; called by the backlog."""
        self.close(TOO_SLOW)

    def require_pace(self, now: float) -> bool:
        """Close a connection whose peer reads next to nothing of what waits for it.

        Return whether anything waits, here or in the system.
        """
        waits = self._unread_by_peer()
        read = self._taken - waits
        waits += self._waiting + sum(map(len, self._underway)) - self._at
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
        """Return how many of the bytes that were taken the peer's machine has not confirmed."""
        waits = self._transport.get_write_buffer_size()
        if (line := self._line()) is not None:
            with contextlib.suppress(OSError):
                queued = fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, bytes(4))
                waits += struct.unpack("i", queued)[0]
        return waits

    def _line(self) -> socket.socket | None:
        """Return the socket, also where it carries what is encrypted."""
        told = self._transport.get_extra_info
        line: socket.socket | None = told("socket") or told("encrypted")
        return line

    def _write(self, data: bytes, at: int = 0) -> int:
        """Give bytes to the system, from one position on; return up to where it has taken them.

        Where that is not the end, the line is blocked, and the system will tell when it is free.
        """
        begin, size = at, len(data)
        while at < size and not self._blocked:
            if self._socket is not None:
                # Full, or the peer is gone: the transport finds out which.
                with contextlib.suppress(OSError):
                    at += os.write(self._socket, memoryview(data)[at:] if at else data)
                if at == size:
                    break
            if self._transport.is_closing():
                return size
            step = TOE if self._socket is not None else ENCRYPTED_AT_ONCE
            piece = memoryview(data)[at : at + step]
            self._transport.write(piece)
            at += len(piece)
        self._taken += at - begin
        return at

    def _wait(self, pieces: Sequence[bytes], at: int) -> None:
        """Keep the rest of a message for when the line is free."""
        for piece in pieces:
            BACKLOG.hold(self, piece)
        self._underway.extend(pieces)
        self._at = at

    def _keep(self, slot: object, data: bytes) -> None:
        # Taken out first: a frame that supersedes another goes to the end of the line.
        self._drop(slot)
        self._waiting += len(data)
        self._outbox[slot] = data
        BACKLOG.hold(self, data)

    def _drop(self, slot: object) -> None:
        if (data := self._outbox.pop(slot, None)) is not None:
            self._waiting -= len(data)
            BACKLOG.release(self, data)

    def _overflow(self) -> None:
        """Drop what everybody gets; the welcome that follows says it all again."""
        OVERFLOWS.inc()
        self.stale = True
        # A pong is this person's own.
        for slot in [s for s in self._outbox if isinstance(s, str) and s != "pong"]:
            self._drop(slot)

    def _drain(self) -> None:
        while not self._blocked:
            if self._underway:
                self._at = self._write(self._underway[0], self._at)
                if self._at == len(self._underway[0]):
                    BACKLOG.release(self, self._underway.pop(0))
                    self._at = 0
            elif self._outbox:
                data = self._outbox.pop(next(iter(self._outbox)))
                self._waiting -= len(data)
                self._underway.append(data)
            else:
                self._pace = None
                if self.stale:
                    self.stale = False
                    self.drained()
                return

    def _let_go(self) -> bytes:
        """Drop all that waits; return the rest of the frame that the peer has begun to read."""
        rest = b""
        if self._at:
            piece = self._underway[0]
            rest = bytes(memoryview(piece)[self._at : end_of_frame(piece, self._at)])
            self._at = 0
        for data in self.waiting():
            BACKLOG.release(self, data)
        self._underway.clear()
        self._outbox.clear()
        self._waiting = 0
        return rest

    def _make_room(self) -> None:
        """Have the system take the farewell of a slow reader, who finds it when it reads on."""
        if self._blocked and (line := self._line()) is not None:
            with contextlib.suppress(OSError):
                line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, FAREWELL_ROOM)

    # What asyncio calls

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
            self._drain()
