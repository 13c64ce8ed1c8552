"""Reads the log of a board for its replay, while others go on using the board.

A thread of its own reads the entries, so that the event loop is free; one board has its turn after
another, page by page. What it made is kept until something happens that a replay shows. A board
that is loaded because someone wants its replay is made by the same reading.
"""

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from server.domain.replay import Replay, replay_of
from server.domain.timeline import Timeline, Told
from server.live.replica import Replica, applied, erased_by
from server.store.event_log import PAGE, UNMARKED, Page
from server.store.node import StoreAwayError

_reader = ThreadPoolExecutor(1, thread_name_prefix="replay")


class _Reading:
    """Reads the log of a board from its beginning, page by page."""

    def __init__(self, replica: Replica, *, by_name: bool) -> None:
        self.timeline = Timeline(by_name=by_name)
        self.epoch = ""
        self.mark = UNMARKED
        self.at = 0
        """The position up to which it was read."""
        self.erased: list[int] = []
        """Positions that entries have erased."""
        self._replica = replica

    async def read_on(self, end: float = math.inf) -> bool:
        """Read a page, but nothing after `end`; return whether the log has more to read.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        page = await self._replica.read(self.at)
        upto = int(min(end, _end_of(page)))
        is_other = self.at and (page.epoch, page.mark(self.at)) != (self.epoch, self.mark)
        if is_other or upto <= self.at:
            raise _other_log()
        self.epoch, self.at, self.mark = page.epoch, upto, page.mark(upto)
        await asyncio.get_running_loop().run_in_executor(_reader, self._apply, page)
        return upto < page.top

    def _apply(self, page: Page) -> None:
        board, apply = self.timeline.board, self.timeline.apply
        for seq, at, payload in page.entries:
            if seq <= self.at:
                _, outcome = applied(board, apply, seq, at, payload)
                self.erased += erased_by(outcome)


async def load_told(replica: Replica) -> Told | None:
    """Load a board, whose log is read once for the board and for its replay.

    Returns what its timeline tells; None if the board must be known to tell that. Raises Refused
    `no_such_board`, StoreAwayError, UnreadableError.
    """
    reading = _Reading(replica, by_name=True)
    while await reading.read_on():
        pass
    board = reading.timeline.board
    # Entries at its end may be erased.
    board.seq = reading.at
    replica.begin(reading.epoch, board, reading.mark)
    replica.erase(reading.erased)
    return reading.timeline.told() if board.settings.show_names else None


class _Version(NamedTuple):
    """What must be the same for a timeline to be told again."""

    epoch: str
    acts: int
    """The position of the last thing that a host, or the clock, did: all that a replay tells of
    rounds is told when one of them is revealed.
    """
    by_name: bool


class Retelling:
    """The replay of one board."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._turn = asyncio.Lock()
        self._kept: tuple[_Version, Told] | None = None

    def keep(self, told: Told) -> None:
        """Keep what the timeline of the board as it is now tells."""
        self._kept = (self._version, told)

    async def replay(self) -> Replay:
        """Return the replay of the board as it is now.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        async with self._turn:
            told = self._kept[1] if self._kept and self._kept[0] == self._version else None
            if told is None:
                told = await self._read()
                # Nothing is awaited since the board was at the position that was read.
                self.keep(told)
            return replay_of(self._replica.board, told)

    @property
    def _version(self) -> _Version:
        board = self._replica.board
        acts = board.history[-1].seq if board.history else 0
        return _Version(self._replica.epoch, acts, board.settings.show_names)

    async def _read(self) -> Told:
        """Read the log from its beginning to the position at which the board is by then."""
        begun = self._version
        reading = _Reading(self._replica, by_name=begun.by_name)
        while reading.at < self._replica.board.seq:
            await reading.read_on(self._replica.board.seq)
            if (self._version.epoch, self._version.by_name) != (begun.epoch, begun.by_name):
                return await self._read()
            if reading.epoch != begun.epoch:
                raise _other_log()
        return reading.timeline.told()


def _end_of(page: Page) -> int:
    """Return the position up to which a page tells everything."""
    return page.entries[-1][0] if len(page.entries) == PAGE else page.top


def _other_log() -> StoreAwayError:
    return StoreAwayError("the log is not that of the board any more")
