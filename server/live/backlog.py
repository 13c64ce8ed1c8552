"""Memory held for slow readers in this process: each piece counted once, the total bounded."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from server.concurrency import tasks
from server.observability.logs import RecentlyLogged, event
from server.observability.metrics import BACKLOG_BYTES

logger = logging.getLogger(__name__)

LIMIT = 64 * 1024 * 1024
"""Limit in bytes for all readers of this process together, live and over HTTP."""


class Reader(Protocol):
    """Someone for whom pieces are waiting."""

    def waiting(self) -> Iterable[bytes]:
        """Return the pieces that are held for this reader."""

    def give_up(self) -> None:
        """Close this reader's connection, and release all its pieces at once: the limit is
        exceeded.
        """


class Backlog:
    """Counts the bytes kept for slow readers.

    A piece that a thousand readers wait for is one object in memory, and counts once. When the
    total exceeds the limit, the readers with the largest share are closed until a quarter of the
    limit is free again; a piece is shared equally among those who wait for it.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.size = 0
        """Bytes held in total."""
        self._holds: dict[int, int] = {}
        """Number of holders of a piece, by its `id()`; its holders keep the piece alive."""
        self._readers: dict[Reader, int] = {}
        """The number of pieces that each reader holds."""
        self._relieving = False
        self._logged = RecentlyLogged()

    def hold(self, reader: Reader, piece: bytes) -> None:
        """Count a piece that waits for a reader.

        Over the limit, readers are closed in the next iteration of the loop.
        """
        holds = self._holds.get(id(piece), 0)
        self._holds[id(piece)] = holds + 1
        if not holds:
            self.size += len(piece)
        self._readers[reader] = self._readers.get(reader, 0) + 1
        if self.size > self.limit and not self._relieving:
            self._relieving = True
            # Not at once: the caller may be in the middle of a broadcast.
            asyncio.get_running_loop().call_soon(self._relieve)

    def release(self, reader: Reader, piece: bytes) -> None:
        """Note that a reader no longer waits for a piece."""
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
            # A failure of one reader must not keep the others from making room.
            with tasks.contained("backlog"):
                reader.give_up()
                closed += 1
            if self.size <= self.limit * 3 // 4:
                break
        if self._logged.is_new("backlog_full"):
            logger.warning(
                "More than %d MiB were waiting for slow readers: %d of them were closed.",
                *(self.limit // 1024 // 1024, closed),
                extra=event("backlog_full", limit=self.limit, closed=closed),
            )

    def measure(self) -> None:
        """Update the metric."""
        BACKLOG_BYTES.set(self.size)


BACKLOG = Backlog()
"""The backlog of this process."""
