"""Reads the log of a board again, for its replay, while others go on using the board.

A thread of its own reads the entries, so that the event loop is free; one board has its turn after
another, page by page. What it made is kept until something happens that a replay shows.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from server.domain import actions as act
from server.domain.replay import Replay, replay_of
from server.domain.timeline import Timeline, Told
from server.live.replica import Replica
from server.store.event_log import PAGE, UNMARKED, EventLog, Page
from server.store.node import StoreAwayError

_reader = ThreadPoolExecutor(1, thread_name_prefix="replay")


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

    def __init__(self, replica: Replica, log: EventLog, code: str) -> None:
        self._replica = replica
        self._log = log
        self._code = code
        self._turn = asyncio.Lock()
        self._kept: tuple[_Version, Told] | None = None

    async def replay(self) -> Replay:
        """Return the replay of the board as it is now.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        async with self._turn:
            if self._kept is None or self._kept[0] != self._version:
                told = await self._read()
                # Nothing is awaited since the board was at the position that was read.
                self._kept = (self._version, told)
            return replay_of(self._replica.board, self._kept[1])

    @property
    def _version(self) -> _Version:
        board = self._replica.board
        acts = board.history[-1].seq if board.history else 0
        return _Version(self._replica.epoch, acts, board.settings.show_names)

    async def _read(self) -> Told:
        """Read the log from its beginning to the position at which the board is by then."""
        begun, after, mark = self._version, 0, UNMARKED
        timeline = Timeline(by_name=begun.by_name)
        loop = asyncio.get_running_loop()
        while after < self._replica.board.seq:
            page = await self._log.read(self._code, after)
            upto = min(self._replica.board.seq, _end_of(page))
            is_other = page.epoch != begun.epoch or (after and page.mark(after) != mark)
            if is_other or upto <= after:
                raise StoreAwayError("the log is not that of the board any more")
            await loop.run_in_executor(_reader, _read_page, timeline, page, upto)
            after, mark = upto, page.mark(upto)
            if (self._version.epoch, self._version.by_name) != (begun.epoch, begun.by_name):
                return await self._read()
        return timeline.told()


def _end_of(page: Page) -> int:
    """Return the position up to which a page tells everything."""
    return page.entries[-1][0] if len(page.entries) == PAGE else page.top


def _read_page(timeline: Timeline, page: Page, upto: int) -> None:
    timeline.read((seq, at, act.decode(entry)) for seq, at, entry in page.entries if seq <= upto)
