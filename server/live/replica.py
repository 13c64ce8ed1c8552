"""One board as this process holds it: it takes the log in order and knows what it missed."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from server import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.refusals import Refused
from server.log.log import PAGE, UNMARKED, Batch, Log, Page
from server.log.store import StoreAwayError
from server.metrics import CATCH_UPS, HOLES, count

logger = logging.getLogger(__name__)

REMEMBERED = 256
"""Batches that are known when they come again, moments later: each comes to its own process twice,
and what was read from the log comes as a message as well."""


Applied = Callable[[int, act.Entry, Outcome], None]


class Watcher(Protocol):
    """Who is told what became of the board."""

    def applied(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Learn that an entry was applied, or refused, at a position."""

    def changed(self, change: Change) -> None:
        """Learn that the board as it was known is another now."""

    def compared(self) -> None:
        """Learn that the board is what the log comes to: what did not come was erased."""

    def renewed(self) -> None:
        """Learn that the whole board was read anew: the log has another history."""

    def lost(self, unreadable: act.UnreadableError | None = None) -> None:
        """Learn that the board is gone, or why its log cannot be read here."""


class Replica:
    """A board and the position up to which it has followed its log."""

    def __init__(self, log: Log, code: str, watcher: Watcher) -> None:
        self.board = Board()
        self.epoch = ""
        self._mark = UNMARKED
        """Names the batch of the last position, which a position alone does not."""
        self._known: dict[bytes, None] = {}
        """The marks that were reached last."""
        self._log = log
        self._code = code
        self._watcher = watcher
        self._behind = False
        self._lag = 0
        self._reading: asyncio.Task[bool] | None = None

    async def load(self) -> None:
        """Read the board for the first time.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        self.epoch, self.board, self._mark = await self._read_whole(self._watcher.applied)

    def receive(self, batch: Batch) -> None:
        """Apply what comes next; a hole, or another history, is read from the log."""
        follows = batch.first == self.board.seq + 1 and batch.prev == self._mark
        if not follows or batch.epoch != self.epoch:
            if batch.mark not in self._known:
                count(HOLES)
                self.catch_up()
            return
        try:
            for seq, payload in enumerate(batch.entries, batch.first):
                self._apply(seq, batch.at, payload)
        except act.UnreadableError as error:
            self._watcher.lost(error)
            return
        self._reach(batch.last, batch.mark)

    def catch_up(self) -> None:
        """Compare with the log and read what is missing; one reading at a time."""
        self._behind = True
        if self._reading is None:
            self._reading = asyncio.create_task(self._catch_up())

    async def caught_up(self) -> bool:
        """Catch up, and wait for it. Return whether it was possible: the store may be away."""
        self.catch_up()
        # Shielded, because others wait for the same reading.
        return self._reading is not None and await asyncio.shield(self._reading)

    def take_lag(self) -> int:
        """Return by how many positions it was behind at most since this was asked last."""
        lag, self._lag = self._lag, 0
        return lag

    async def close(self) -> None:
        if self._reading is not None:
            await tasks.end((self._reading,))

    async def _catch_up(self) -> bool:
        try:
            while self._behind:
                self._behind = False
                await self._read_on()
        except StoreAwayError:
            # The line is made anew when the store is back, and that means: catch up.
            logger.debug("Board %s could not catch up yet.", self._code)
        except Refused:
            self._watcher.lost()
        except act.UnreadableError as error:
            self._watcher.lost(error)
        else:
            return True
        finally:
            self._reading = None
        return False

    async def _read_on(self) -> None:
        # While the answer is on its way, batches may come that are newer than it.
        after, mark = self.board.seq, self._mark
        page = await self._log.read(self._code, after)
        if page.epoch != self.epoch or page.top < after or page.mark(after) != mark:
            count(CATCH_UPS, "another_history")
            await self._begin_again(page)
            return
        if not self._continues(page, after):
            self._behind = True
            return
        lag = max(0, page.top - self.board.seq)
        self._lag = max(self._lag, lag)
        count(CATCH_UPS, "entries" if lag else "nothing")
        for seq, at, payload in page.entries:
            if seq > self.board.seq:
                self._apply(seq, at, payload)
                self._reach(seq, page.mark(seq))
        if len(page.entries) == PAGE:
            self._behind = True
            return
        if lag:
            # What is still missing up to the top was erased.
            self._reach(page.top, page.mark(page.top))
        if not self._behind:
            self._watcher.compared()

    def _continues(self, page: Page, after: int) -> bool:
        """Whether a page is of the history that was followed while it was on its way."""
        seq = self.board.seq
        if page.top <= seq:
            mark = page.mark(page.top)
            return page.top == after or mark == self._mark or mark in self._known
        return seq == after or page.mark(seq) == self._mark

    async def _begin_again(self, page: Page) -> None:
        """Read the whole board: what was followed is not, or no more, what the log holds."""
        if page.epoch == self.epoch:
            # What was told of these positions under this epoch must not be told of others.
            await self._log.fork(self._code, page.epoch, page.top)
        self.epoch, self.board, self._mark = await self._read_whole()
        self._known.clear()
        self._behind = True
        self._watcher.renewed()

    async def _read_whole(self, applied: Applied | None = None) -> tuple[str, Board, bytes]:
        """Read a board: its epoch, the board, and the mark of its last position."""
        board, epoch, mark = Board(), "", UNMARKED
        while True:
            page = await self._log.read(self._code, board.seq)
            if board.seq and (page.epoch, page.mark(board.seq)) != (epoch, mark):
                # The store was renewed between two pages: half of each would be no board.
                board, mark = Board(), UNMARKED
                continue
            epoch = page.epoch
            for seq, at, payload in page.entries:
                entry, outcome = self._apply_to(board, seq, at, payload)
                if applied:
                    applied(seq, entry, outcome)
            if len(page.entries) < PAGE:
                if not board.code:
                    raise act.UnreadableError("its beginning is missing")
                board.seq = max(board.seq, page.top)
                return epoch, board, page.mark(board.seq)
            mark = page.mark(board.seq)

    def _reach(self, seq: int, mark: bytes) -> None:
        """Take note that all up to a position has been applied."""
        self.board.seq, self._mark = seq, mark
        if mark != UNMARKED:
            self._known[mark] = None
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]

    def _apply(self, seq: int, at: int, payload: bytes) -> None:
        entry, outcome = self._apply_to(self.board, seq, at, payload)
        self._watcher.applied(seq, entry, outcome)
        if isinstance(outcome, Change):
            self._watcher.changed(outcome)

    def _apply_to(
        self, board: Board, seq: int, at: int, payload: bytes
    ) -> tuple[act.Entry, Outcome]:
        entry, outcome = _applied(board, seq, at, payload)
        if isinstance(outcome, Change) and outcome.erased:
            # Every process does it, and again whenever it reads the log: so it gets done.
            self._log.erase(self._code, outcome.erased)
        return entry, outcome


def _applied(board: Board, seq: int, at: int, payload: bytes) -> tuple[act.Entry, Outcome]:
    """Apply what stands at a position. Raises UnreadableError; then the board is of no use."""
    try:
        entry = act.decode(payload)
        return entry, board.apply(seq, at, entry)
    except act.UnreadableError as error:
        raise act.UnreadableError(f"position {seq}: {error}") from error
    except Exception as error:
        # No rule may fail, whatever stands in a log. Where one does, the board is withheld
        # rather than wrongly counted.
        logger.exception("Position %d of board %s could not be applied.", seq, board.code)
        raise act.UnreadableError(f"position {seq}: {error!r}") from error
