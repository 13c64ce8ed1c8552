"""What waits in this process for all who are slow to read: each piece counted once, and bounded."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from server.loglines import Said, event
from server.metrics import BACKLOG_BYTES

logger = logging.getLogger(__name__)

LIMIT = 64 * 1024 * 1024
"""Bytes that may wait for all readers of this process together, live and over HTTP."""


class Reader(Protocol):
    """Someone for whom pieces wait."""

    def waiting(self) -> Iterable[bytes]:
        """Return the pieces that are held for this reader."""

    def give_up(self) -> None:
        """Close this reader's connection, and release all its pieces at once."""


class Backlog:
    """Counts what is kept for slow readers.

    A piece that a thousand readers wait for is one object in memory, and counts once. When all
    pieces together exceed the limit, the readers with the largest share are closed until a
    quarter of it is free again; a piece is shared equally by those who wait for it.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.size = 0
        """Bytes that are held."""
        self._holds: dict[int, int] = {}
        """By the identity of a piece, which its holders keep alive: how many hold it."""
        self._readers: dict[Reader, int] = {}
        """How many pieces each holds."""
        self._relieving = False
        self._said = Said()

    def hold(self, reader: Reader, piece: bytes) -> None:
        """Count a piece that waits for a reader. Over the limit, relief follows a step later."""
        holds = self._holds.get(id(piece), 0)
        self._holds[id(piece)] = holds + 1
        if not holds:
            self.size += len(piece)
        self._readers[reader] = self._readers.get(reader, 0) + 1
        if self.size > self.limit and not self._relieving:
            self._relieving = True
            # Not at once: whoever adds a piece may be in the middle of a broadcast.
            asyncio.get_running_loop().call_soon(self._relieve)

    def release(self, reader: Reader, piece: bytes) -> None:
        """Take note that a reader waits for a piece no longer."""
        self._holds[id(piece)] -= 1
        if not self._holds[id(piece)]:
            del self._holds[id(piece)]
            self.size -= len(piece)
        self._readers[reader] -= 1
        if not self._readers[reader]:
            del self._readers[reader]

    def _share(self, reader: Reader) -> float:
        return sum(len(piece) / self._holds[id(piece)] for piece in reader.waiting())

    def _relieve(self) -> None:
        self._relieving = False
        if self.size <= self.limit:
            return
        closed = 0
        for reader in sorted(self._readers, key=self._share, reverse=True):
            reader.give_up()
            closed += 1
            if self.size <= self.limit * 3 // 4:
                break
        if self._said.is_new("backlog_full"):
            logger.warning(
                "More than %d MiB waited for slow readers: %d of them were closed.",
                *(self.limit // 1024 // 1024, closed),
                extra=event("backlog_full", limit=self.limit, closed=closed),
            )

    def measure(self) -> None:
        """Show how much waits."""
        BACKLOG_BYTES.set(self.size)


BACKLOG = Backlog()
"""The one of this process."""
