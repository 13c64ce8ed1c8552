"""One connection: frames out, through a bounded outbox when its line is slow."""

from typing import NamedTuple, Protocol

from server.live.messages import TOO_SLOW, Close, View
from server.live.views import Audience
from server.metrics import OVERFLOWS

OUTBOX_BYTES = 256 * 1024
"""What may wait for a slow reader, beside what its socket has taken."""


def frame(payload: bytes) -> bytes:
    """Wrap a text message as the WebSocket frame that a server sends (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 65_536:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


class Actor(NamedTuple):
    """Who asks: with which seat, and whether with the host's right."""

    seat: str | None
    """None for those who only watch."""
    is_host: bool


class Wire(Protocol):
    """The socket under a connection."""

    def writing(self) -> bool:
        """Whether bytes wait that the kernel has not taken yet."""

    def write(self, data: bytes) -> None:
        """Send bytes; `Connection.drained` is called when all have left."""

    def close(self, close: Close) -> None: ...


class Connection:
    """One page of one person. Who is behind it was settled before it was made."""

    def __init__(self, wire: Wire, actor: Actor) -> None:
        self.actor = actor
        self.view: View | None = None
        self.audience: Audience | None = None
        self.voter: str | None = None
        """The name under which this seat's ballot of the current round is counted."""
        self.closed = False
        self.full_since: float | None = None
        """Since when the outbox has been overflowing, by the loop's clock."""
        self.stale = False
        """Frames were dropped: a fresh welcome is due when the outbox has drained."""
        self._wire = wire
        self._outbox: dict[object, bytes] = {}
        self._waiting = 0

    def send(self, data: bytes, slot: str | None = None, *, now: float = 0.0) -> None:
        """Send a frame, or keep it until the line is free.

        Frames of one `slot` supersede each other: the newest is enough. Frames without a
        slot are answers to this person and are never dropped. `now` is the loop's time.
        """
        if self.closed:
            return
        if not self._outbox and not self._wire.writing():
            self._wire.write(data)
        elif slot is None:
            self._keep(object(), data)
            if self._waiting > OUTBOX_BYTES:
                self.close(TOO_SLOW)
        elif not self.stale:
            self._keep(slot, data)
            if self._waiting > OUTBOX_BYTES:
                self._overflow(now)

    def drained(self) -> bool:
        """Send what waits. Returns whether a fresh welcome is due now."""
        while self._outbox and not self._wire.writing() and not self.closed:
            slot = next(iter(self._outbox))
            data = self._outbox.pop(slot)
            self._waiting -= len(data)
            self._wire.write(data)
        if not self.stale or self._outbox or self._wire.writing():
            return False
        self.stale = False
        self.full_since = None
        return True

    def close(self, close: Close) -> None:
        if not self.closed:
            self.closed = True
            self._outbox.clear()
            self._wire.close(close)

    def _keep(self, slot: object, data: bytes) -> None:
        # Taken out first: a frame that supersedes another goes to the end of the line.
        self._waiting += len(data) - len(self._outbox.pop(slot, b""))
        self._outbox[slot] = data

    def _overflow(self, now: float) -> None:
        """Drop what everybody gets; the welcome that follows says it all again."""
        OVERFLOWS.inc()
        self.stale = True
        self.full_since = now
        for slot in [slot for slot in self._outbox if isinstance(slot, str)]:
            self._waiting -= len(self._outbox.pop(slot))
